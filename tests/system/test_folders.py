"""The folders for data, settings and logs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from audiodesk.system.folders import folders, resources


def test_each_has_its_place(tmp_path: Path) -> None:
    environ = {f"XDG_{name}_HOME": str(tmp_path / name) for name in ("CONFIG", "DATA", "STATE")}
    places = folders(environ)
    if sys.platform == "linux":
        assert places.config == tmp_path / "CONFIG" / "audiodesk"
        assert places.data == tmp_path / "DATA" / "audiodesk"
        assert places.logs == tmp_path / "STATE" / "audiodesk" / "log"
    assert len({places.config, places.data, places.logs}) == 3
    assert not any(tmp_path.iterdir()), "asking makes nothing"


def test_the_library_can_be_moved_and_nothing_else_moves_with_it(tmp_path: Path) -> None:
    plain, moved = folders({}), folders({"AUDIODESK_HOME": str(tmp_path)})
    assert moved.local_library == tmp_path / "local"
    assert (moved.config, moved.logs) == (plain.config, plain.logs)


def test_a_relative_or_empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert folders({"AUDIODESK_HOME": "here"}).data == tmp_path / "here"
    assert folders({"AUDIODESK_HOME": " "}).data == folders({}).data
    assert folders({"XDG_CONFIG_HOME": "relative"}).config == folders({}).config


def test_resources_in_a_checkout_and_in_a_frozen_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (resources() / "icons").is_dir()
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resources() == tmp_path / "resources"
