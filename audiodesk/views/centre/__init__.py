"""The middle of the window: tables, find, drop area, first run."""
