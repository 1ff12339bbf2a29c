"""The Transfers dock: running jobs, files that were not added, finished work."""
