"""The tree of books."""
