"""The Transfers dock."""
