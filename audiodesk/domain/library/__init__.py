"""Books, takes and what happens to them, as values and pure rules."""
