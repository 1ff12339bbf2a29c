"""Play takes."""
