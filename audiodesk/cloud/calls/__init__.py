"""What is asked of a server: the database's functions and their answers."""
