"""Queries and edits of the rows of a library, in rooms by what they are about."""
