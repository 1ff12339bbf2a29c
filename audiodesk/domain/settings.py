"""The settings of this computer as one typed value, and how they are read from a file's contents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache
from typing import Any, get_args, get_type_hints

__all__ = ["Scheme", "Settings"]

from typing import Literal

Scheme = Literal["system", "light", "dark"]


@dataclass(frozen=True, slots=True)
class Settings:
    """A person's choices; every field has a default, so an empty file is valid."""

    scheme: Scheme = "system"
    storage_backend: Literal["local", "supabase"] = "local"
    supabase_url: str = ""
    supabase_anon_key: str = ""
    sign_up_url: str = ""
    """The operator's page for new accounts."""
    reset_url: str = ""
    """The operator's page for a lost password."""
    playback_rate: float = 1.0
    """0.5 to 2."""
    volume: float = 1.0
    """0 to 1."""
    trash_reminder: bool = True
    """Whether the program reminds the person of trash older than 30 days."""

    @property
    def has_server(self) -> bool:
        """Whether a server is set up or wanted."""
        return self.storage_backend == "supabase" or bool(self.supabase_url.strip())

    def missing_for_server(self) -> list[str]:
        """Return the variables that are to be set before anything is sent to a server; only what is not set already."""
        wanted = {
            "STORAGE_BACKEND=supabase": self.storage_backend == "supabase",
            "SUPABASE_URL": bool(self.supabase_url.strip()),
            "SUPABASE_ANON_KEY": bool(self.supabase_anon_key.strip()),
        }
        return [name for name, is_set in wanted.items() if not is_set]

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> Settings:
        """Read a mapping: unknown names are ignored; a value of a wrong type or range is replaced by the default."""
        if not data:
            return cls()
        hints = _hints()
        known = {field.name: data[field.name] for field in fields(cls) if field.name in data}
        return cls(**{name: value for name, value in known.items() if _fits(name, value, hints[name])})

    def to_mapping(self) -> dict[str, Any]:
        """Return the contents of the settings file."""
        return asdict(self)


@cache
def _hints() -> dict[str, Any]:
    return get_type_hints(Settings)


_RANGES: dict[str, tuple[float, float]] = {"playback_rate": (0.5, 2.0), "volume": (0.0, 1.0)}


def _fits(name: str, value: Any, hint: Any) -> bool:
    if choices := get_args(hint):
        return value in choices
    if hint is float:
        low, high = _RANGES[name]
        return isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high
    return type(value) is hint
