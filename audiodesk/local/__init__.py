"""Everything that is kept on this disk: a library's database, and its vault of audio files."""
