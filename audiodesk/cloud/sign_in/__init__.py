"""Signing in, and the tokens that a sign-in gives."""
