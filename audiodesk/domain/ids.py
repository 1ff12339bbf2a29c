"""The ids of rows: every one is made by the client."""

from __future__ import annotations

__all__ = ["new_id"]


def new_id() -> str:
    """Return a new UUID version 4 as 36 lower-case characters."""
    from uuid import uuid4  # with what it brings along it is a tenth of a start

    return str(uuid4())
