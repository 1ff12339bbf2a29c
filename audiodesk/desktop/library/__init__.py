"""Controllers of the tree, the table, find, and what was found or verified."""
