"""Reads tags: ID3, RIFF INFO and others."""
