"""Accounts on this computer: signing in and out, one sign-in kept fresh, and which library belongs to whom."""
