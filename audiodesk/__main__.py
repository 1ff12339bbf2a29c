"""Start AudioDesk: the window without arguments, else the command line."""
