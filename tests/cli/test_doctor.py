"""The command ``doctor`` tests the set-up part by part."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audiodesk.domain.doctor import PartReport
from audiodesk.local.database.migrations import STEPS
from audiodesk.services.doctor import decoders, library, window
from tests.cli.conftest import Run

Asked = Callable[..., Any]
LIBRARY = "local/library.sqlite3"


def _check(said: Any, name: str) -> Any:
    return next(check for check in said.document["checks"] if check["name"] == name)


def _home() -> Path:
    return Path(os.environ["AUDIODESK_HOME"])


@pytest.mark.slow
def test_a_whole_installation(run: Run) -> None:
    said = run("doctor", "--json")
    assert said.code == 0, said.document
    names = [check["name"] for check in said.document["checks"]]
    assert names == [
        *("python", "resources", "folders", "disk-space", "database", "library", "vault"),
        *("decoders", "window", "display", "sound", "keyring", "server"),
    ]
    assert all(check["ok"] and check["message"] for check in said.document["checks"])
    assert all(set(check) == {"name", "ok", "message", "action"} for check in said.document["checks"])
    assert not (_home() / LIBRARY).exists(), "asking must not make a library"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask only what can be asked in this process."""
    monkeypatch.setattr(decoders, "report_decoders", lambda: PartReport("decoders", "fine"))
    for part in ("window", "display", "sound"):
        monkeypatch.setattr(window, f"report_{part}", lambda: PartReport("python", "fine", _FINE))


_FINE: dict[str, str | int] = {"version": "0", "python": "3", "system": "any"}


@pytest.mark.usefixtures("quick")
def test_a_library_is_counted(run: Run, asked: Asked) -> None:
    asked("project", "add", "Book")
    said = run("doctor", "--json")
    assert said.code == 0
    assert _check(said, "library")["message"] == f"It opens; version {len(STEPS)}, 0 takes"


@pytest.mark.usefixtures("quick")
def test_a_newer_library(run: Run, asked: Asked) -> None:
    asked("project", "add", "Book")
    connection = sqlite3.connect(_home() / LIBRARY)
    connection.execute("pragma user_version = 999")
    connection.close()
    said = run("doctor", "--json")
    assert said.code == 1
    check = _check(said, "library")
    assert not check["ok"]
    assert "newer" in check["message"]
    assert check["action"]
    assert _check(said, "database")["ok"], "the other parts are tested all the same"


@pytest.mark.usefixtures("quick")
def test_a_library_that_is_none(run: Run) -> None:
    (_home() / "local").mkdir(parents=True)
    (_home() / LIBRARY).write_bytes(b"no database at all" * 1000)
    said = run("doctor", "--json")
    assert said.code == 1
    assert not _check(said, "library")["ok"]


@pytest.mark.usefixtures("quick")
def test_a_place_that_cannot_be_written(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(**_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refused)
    said = run("doctor", "--json")
    assert said.code == 1
    check = _check(said, "folders")
    assert not check["ok"]
    assert "Permission denied" in check["message"]
    assert "AUDIODESK_HOME" in check["action"]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(("number", "why"), [(errno.ENOSPC, "full"), (errno.EROFS, "read-only")])
def test_a_right_does_not_help_on_a_full_or_a_read_only_disk(
    run: Run, monkeypatch: pytest.MonkeyPatch, number: int, why: str
) -> None:
    def refused(**_: Any) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("tempfile.TemporaryFile", refused)
    check = _check(run("doctor", "--json"), "folders")
    assert not check["ok"]
    assert f"the disk is {why}" in check["message"]
    assert "right" not in check["action"]


@pytest.mark.usefixtures("quick")
def test_little_space(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("usage", (), {"free": 100 * 1024 * 1024})
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    check = _check(run("doctor", "--json"), "disk-space")
    assert not check["ok"]
    assert "100.0 MB" in check["message"]


@pytest.mark.usefixtures("quick")
def test_a_test_that_breaks_hides_no_other(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> PartReport:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(library, "report_vault", broken)
    said = run("doctor", "--json")
    assert said.code == 1
    assert "planted" in _check(said, "vault")["message"]
    assert len(said.document["checks"]) == 13
