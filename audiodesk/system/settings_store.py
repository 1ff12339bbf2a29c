"""The settings and the window's state as files of this computer; the environment wins over the settings."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from audiodesk.domain.errors import UserError
from audiodesk.domain.settings import Settings
from audiodesk.system.files import write_atomically

__all__ = ["SettingsStore", "WindowStateStore"]

_VARIABLES = {
    "STORAGE_BACKEND": "storage_backend",
    "SUPABASE_URL": "supabase_url",
    "SUPABASE_ANON_KEY": "supabase_anon_key",
}


_PATIENCE_SECONDS = 5.0


class SettingsStore:
    """Reads and writes the settings file; a file that cannot be read counts as empty and is kept aside."""

    def __init__(self, path: Path, environ: Mapping[str, str] | None = None) -> None:
        self._path = path
        given = environ or {}
        self._environment = {
            field: given[variable].strip() for variable, field in _VARIABLES.items() if given.get(variable, "").strip()
        }
        self._refuse_unknown_back_end()

    def load(self) -> Settings:
        """Return the settings in force."""
        return Settings.from_mapping({**_read(self._path), **self._environment})

    def save(self, settings: Settings) -> None:
        """Save ``settings``; fields that the environment decides stay in the file as they were.

        Raises OutsideError if the file cannot be written.
        """
        self._save(settings, {})

    def _save(self, settings: Settings, named: Mapping[str, Any]) -> None:
        _keep_aside(self._path)
        stored = _read(self._path)
        data = {**stored, **settings.to_mapping()}
        for name, value in self._environment.items():
            if data[name] == value and name not in named:
                data[name] = stored.get(name, getattr(Settings(), name))
        _write(self._path, data)

    def change(self, **fields: Any) -> None:
        """Save these fields; all others stay as another writer, in this process or not, may just have set them.

        They are also saved where the environment decides them now: the server of a sign-in that is kept has to be known
        without it.

        Raises OutsideError if the file cannot be written.
        """
        from filelock import FileLock, Timeout  # loaded here, because a start changes nothing

        with contextlib.ExitStack() as held:
            with contextlib.suppress(OSError, Timeout):  # a folder that takes no lock may still take the file
                self._path.parent.mkdir(parents=True, exist_ok=True)
                held.enter_context(FileLock(self._path.with_name(self._path.name + ".lock"), timeout=_PATIENCE_SECONDS))
            self._save(replace(self.load(), **fields), fields)

    def _refuse_unknown_back_end(self) -> None:
        value = self._environment.get("storage_backend")
        if value is not None and value not in ("local", "supabase"):
            raise UserError("setting-unknown", name="STORAGE_BACKEND", value=value)


class WindowStateStore:
    """Geometry, columns, selection and the like. State that cannot be read is lost without an error."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> dict[str, Any]:
        """Return what was kept last, or nothing."""
        return _read(self._path)

    def save(self, state: dict[str, Any]) -> None:
        """Keep ``state``, made of JSON values. Raises OutsideError where the file cannot be written."""
        _keep_aside(self._path)
        _write(self._path, state)


def _read(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _keep_aside(path: Path) -> None:
    """Rename an unreadable file before it is overwritten; reading alone renames nothing."""
    try:
        json.loads(path.read_bytes())
    except OSError:
        return
    except (ValueError, RecursionError):
        with contextlib.suppress(OSError):
            path.replace(path.with_name(path.name + ".unreadable"))


def _write(path: Path, data: Mapping[str, Any]) -> None:
    write_atomically(path, json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True).encode() + b"\n")
