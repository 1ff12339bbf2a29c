"""WAV files: chunks, header, extent, verdict."""
