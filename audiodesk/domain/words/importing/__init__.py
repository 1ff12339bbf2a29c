"""Words about files that are checked, imported or found: what would happen, and the results."""
