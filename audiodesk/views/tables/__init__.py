"""Tables: delegates, roles, widths of columns, cut texts, and the chosen row."""
