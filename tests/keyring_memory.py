"""A keyring in memory that fails as a test tells it, for faults that a real one cannot be made to show."""

from __future__ import annotations

from keyring.backend import KeyringBackend

__all__ = ["MemoryKeyring"]


class MemoryKeyring(KeyringBackend):
    """A keyring in memory; ``error`` is raised by each call while it is set, and ``reads`` counts."""

    priority = 5.0

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], str] = {}
        self.reads = 0
        self.error: Exception | None = None

    def get_password(self, service: str, username: str) -> str | None:
        self.reads += 1
        if self.error is not None:
            raise self.error
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.error is not None:
            raise self.error
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.error is not None:
            raise self.error
        self.held.pop((service, username), None)
