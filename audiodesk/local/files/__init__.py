"""The audio files of a library on this disk."""
