"""Threads, jobs and events, and what every controller needs of the window."""
