"""The code from a sign-in mail: its digits, however they were typed or pasted, and when it may be complete."""

from __future__ import annotations

import unicodedata

__all__ = ["LONGEST", "SHORTEST", "digits_of"]

SHORTEST, LONGEST = 6, 10
"""How many digits a server may give its codes."""


def digits_of(text: str) -> str:
    """Return the digits of a text, of any script, as 0 to 9; at most ``LONGEST``."""
    values = (unicodedata.decimal(sign, None) for sign in text)
    return "".join(str(value) for value in values if value is not None)[:LONGEST]
