"""The command line as a whole: commands, exit codes, Ctrl-C."""
