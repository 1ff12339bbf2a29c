"""The list of a library: its SQLite database, its form and its copies."""
