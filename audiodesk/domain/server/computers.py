"""The computers of an account."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Computer", "Computers"]


@dataclass(frozen=True, slots=True)
class Computer:
    """One computer; times in milliseconds since 1970 UTC by the server's clock."""

    id: str
    title: str
    platform: str
    created_at: int
    seen_at: int | None
    """When it was last in agreement with the server; None: never."""


@dataclass(frozen=True, slots=True)
class Computers:
    """The computers of an account, the one that was here last first, and the server's time."""

    now: int
    computers: tuple[Computer, ...]
