"""The rows themselves: their columns, edits with outgoing changes, and the text that a search finds."""
