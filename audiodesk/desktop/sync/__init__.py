"""The synchronizer in the window: its life, its word in the status bar, conflicts, and Activity."""
