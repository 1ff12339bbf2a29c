"""Reads a file's bytes, and finds the tags among them."""
