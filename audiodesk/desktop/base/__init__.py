"""Threads, jobs and events, and what every controller needs from the window."""
