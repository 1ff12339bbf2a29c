"""The command line: the services of AudioDesk, from a terminal."""
