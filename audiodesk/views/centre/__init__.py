"""The middle of the window: tables, search results, drop area, first-run page."""
