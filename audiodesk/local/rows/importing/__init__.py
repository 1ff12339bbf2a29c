"""Rows of an import: the places and takes that it makes, and the files that it could not add."""
