"""Bring audio files into the library: plan, copy, check, commit."""
