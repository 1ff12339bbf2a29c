"""The rows of the list: one module for each kind of row or question."""
