"""What a full decode measures."""
