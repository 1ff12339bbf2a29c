"""The one-folder build, and tests that it works."""
