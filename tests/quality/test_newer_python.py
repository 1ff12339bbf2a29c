"""The script that runs the tests with a newer Python chooses the newest one that can make an environment."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests import newer_python

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")


def _python(folder: Path, name: str, answer: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{answer}\n", encoding="utf-8")
    (folder / name).chmod(0o755)
    return folder / name


def test_the_newest_that_works_is_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _python(tmp_path / "a", "python3.11", "echo 3 11")
    _python(tmp_path / "a", "python3.14", "exit 1")  # as on Debian, without venv
    wanted = _python(tmp_path / "b", "python3.13", "echo 3 13")
    _python(tmp_path / "b", "python3.12", "echo 3 12")
    monkeypatch.setenv("PATH", f"{tmp_path / 'a'}:{tmp_path / 'b'}:{tmp_path / 'nowhere'}")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert newer_python.newest(newer_python.find_pythons()) == wanted


def test_without_one_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _python(tmp_path / "a", "python3.11", "echo 3 11")
    monkeypatch.setenv("PATH", str(tmp_path / "a"))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert newer_python.main([]) == 3
    assert "no Python 3.12 or newer" in capsys.readouterr().err
