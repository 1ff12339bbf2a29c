"""The one-folder build, and that what was built works."""
