"""Storing the settings and the window's state on disk."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from audiodesk.domain.settings import Settings
from audiodesk.system.settings_store import SettingsStore, WindowStateStore
from tests.support import code_of


def test_defaults_then_what_was_saved(tmp_path: Path) -> None:
    store = SettingsStore(tmp_path / "c" / "settings.json")
    assert store.load() == Settings()
    chosen = replace(Settings(), scheme="dark", volume=0.5)
    store.save(chosen)
    assert SettingsStore(tmp_path / "c" / "settings.json").load() == chosen


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'"x"', b"[" * 100_000, b'{"volume": "loud"}'])
def test_a_file_that_cannot_be_read_counts_as_empty_and_is_not_destroyed(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    assert SettingsStore(path).load() == Settings()
    assert content in [entry.read_bytes() for entry in tmp_path.iterdir()]


def test_the_environment_wins_and_is_not_written_down(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    SettingsStore(path).save(replace(Settings(), supabase_url="https://mine.example"))
    store = SettingsStore(path, {"SUPABASE_URL": "https://other.example", "STORAGE_BACKEND": "supabase"})
    loaded = store.load()
    assert (loaded.supabase_url, loaded.storage_backend) == ("https://other.example", "supabase")
    store.save(replace(loaded, scheme="light"))
    assert SettingsStore(path).load() == replace(Settings(), supabase_url="https://mine.example", scheme="light")


def test_an_unknown_back_end_is_refused(tmp_path: Path) -> None:
    assert code_of(SettingsStore, tmp_path / "s", {"STORAGE_BACKEND": "dropbox"}) == "setting-unknown"
    assert SettingsStore(tmp_path / "s", {"STORAGE_BACKEND": " "}).load() == Settings()


def test_settings_of_a_later_version_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"from_the_future": 1, "scheme": "dark"}')
    store = SettingsStore(path)
    store.save(replace(store.load(), volume=0.25))
    assert json.loads(path.read_text())["from_the_future"] == 1


def test_the_windows_state(tmp_path: Path) -> None:
    store = WindowStateStore(tmp_path / "window.json")
    assert store.load() == {}
    store.save({"geometry": "AAA=", "expanded": ["ü"]})
    assert WindowStateStore(tmp_path / "window.json").load() == {"geometry": "AAA=", "expanded": ["ü"]}


def test_reading_renames_nothing_and_writing_keeps_what_could_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(b"{")
    store = SettingsStore(path)
    store.load()
    assert [entry.name for entry in tmp_path.iterdir()] == ["settings.json"]
    store.change(scheme="dark")
    assert path.with_name("settings.json.unreadable").read_bytes() == b"{"
    assert store.load().scheme == "dark"


def test_two_writers_keep_one_anothers_changes(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"

    def write(field: str, first: float) -> None:
        for number in range(30):
            SettingsStore(path).change(**{field: first + number / 100})

    writers = [threading.Thread(target=write, args=(field, 0.5)) for field in ("volume", "playback_rate")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert SettingsStore(path).load() == replace(Settings(), volume=0.79, playback_rate=0.79)
