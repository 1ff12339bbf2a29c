"""Reading a file's bytes, and which of them are tags."""
