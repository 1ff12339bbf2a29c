"""What all tests share: no screen, no personal settings, a library of its own for each test."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# A shell script that runs the tests in the background (`./test &`) makes them ignore Ctrl-C, and programs started by a
# test would inherit that. Programs that a test interrupts must receive the signal.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

from audiodesk.domain import words
from audiodesk.domain.words import formats
from audiodesk.local.database.database import Database
from tests.support import Clock

# The time of an example depends only on the machine.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

pytest_plugins = ["tests.twin.fixtures", "tests.keyring_service"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out soak tests unless `-m` names them: a rule of its own, because one `-m` replaces another."""
    if re.search(r"\bsoak\b", config.getoption("markexpr", "")):
        return
    soaks = [item for item in items if item.get_closest_marker("soak") is not None]
    if soaks:
        config.hook.pytest_deselected(items=soaks)
        items[:] = [item for item in items if item not in set(soaks)]


@pytest.fixture(autouse=True)
def _own_words() -> Iterator[None]:
    """Take back the language and formats that a window installs for the whole process."""
    numbers, moments, translate = formats._number, formats._moment, words._translate
    yield
    formats.install(numbers, moments)
    words.install(translate)


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
