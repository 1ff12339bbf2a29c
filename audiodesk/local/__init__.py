"""What is kept on this disk: the database of a library, and its vault of audio files."""
