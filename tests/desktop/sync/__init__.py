"""The synchronizer in the window, before the stand-in for the server."""
