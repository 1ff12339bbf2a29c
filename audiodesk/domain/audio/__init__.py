"""What is found in an audio file, as values."""
