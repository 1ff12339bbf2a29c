"""A library's list of takes: its SQLite database, the database's schema, and its copies."""
