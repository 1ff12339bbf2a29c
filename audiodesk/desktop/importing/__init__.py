"""Drops, imports and the Transfers dock."""
