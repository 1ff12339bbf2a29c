"""This computer: its folders, settings, logs, locks and files."""
