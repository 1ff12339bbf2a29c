"""Check, decode and play audio."""
