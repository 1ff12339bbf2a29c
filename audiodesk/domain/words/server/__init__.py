"""Words about the server: its schema, a person's storage, and support."""
