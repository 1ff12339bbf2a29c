"""The contents of an audio file, and what a check finds in it, as values."""
