"""The player's bar."""
