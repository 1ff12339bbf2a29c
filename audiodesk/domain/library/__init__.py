"""The contents of a library and their rules, as values and pure functions."""
