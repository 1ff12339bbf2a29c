"""Queries and edits of the list's rows: one module for each kind of row or question."""
