"""Sentences for errors: what happened, and one thing to do about it."""
