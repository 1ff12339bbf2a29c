"""The details of what is chosen."""
