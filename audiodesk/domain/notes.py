"""A remark at a place of a take."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a person wrote about one moment of a take. Times are milliseconds since 1970-01-01 UTC."""

    id: str
    order_key: str
    version: int = 0
    created_at: int = 0
    deleted_at: int | None = None
    take_id: str
    at_seconds: float = 0.0
    """The moment, in seconds from the start of the take."""
    text: str = ""
