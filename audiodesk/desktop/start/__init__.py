"""Starts the window: arguments, languages, crashes, one library after the other."""
