"""Plays takes: the player, its media device, and the controller of the player bar."""
