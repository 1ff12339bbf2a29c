"""What all tests share: no screen, no one's own settings, a library of its own for each."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from audiodesk.local.database import Database
from tests.support import Clock

pytest_plugins = ["tests.twin.fixtures"]


@pytest.fixture(autouse=True)
def _own_places(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep every test away from the settings, logs and libraries of whoever runs it."""
    place = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("AUDIODESK_HOME", str(place / "libraries"))
    for variable, name in (
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_CACHE_HOME", "cache"),
    ):
        monkeypatch.setenv(variable, str(place / name))
    of_a_server = ("STORAGE_BACKEND", "SUPABASE_URL", "SUPABASE_ANON_KEY", "AUDIODESK_DB_URL")
    of_a_person = ("AUDIODESK_EMAIL", "AUDIODESK_PASSWORD")
    proxies = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
    for variable in (*of_a_server, *of_a_person, *proxies, *map(str.lower, proxies)):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def clock() -> Clock:
    """A clock that goes on by one millisecond each time it is asked."""
    return Clock()


@pytest.fixture
def database(tmp_path: Path, clock: Clock) -> Iterator[Database]:
    """An empty library's database."""
    opened = Database(tmp_path / "library" / "library.sqlite3", clock=clock)
    yield opened
    opened.close()
