"""Everything that needs the server."""
