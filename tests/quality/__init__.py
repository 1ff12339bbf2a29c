"""Rules for the whole source tree, tested automatically."""
