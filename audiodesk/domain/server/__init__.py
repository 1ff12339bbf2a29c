"""The server, its storage and its support, as values and pure rules."""
