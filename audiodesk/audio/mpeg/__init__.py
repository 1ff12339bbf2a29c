"""MP3 files: frames, headers, seek tables."""
