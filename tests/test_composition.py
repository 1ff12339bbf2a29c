"""The composition root: parts are built on demand and closed in reverse; a command loads little."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from audiodesk.composition import Program, open_core
from audiodesk.composition.account import Account
from audiodesk.composition.lazy import Scope, lazy
from audiodesk.composition.sign_in import SignIn
from audiodesk.domain.errors import BugError, OutsideError
from audiodesk.local.database.database import Database
from audiodesk.local.rows.sync.adoption import adopt
from tests.support import code_of

_ROOT = Path(__file__).parents[1]


def test_a_library_is_made_edited_and_found_again(tmp_path: Path) -> None:
    environ = {"AUDIODESK_HOME": str(tmp_path)}
    with open_core(environ, face="command") as core:
        core.library.add_project("Book")
        assert core.library_folder == tmp_path / "local"
        assert core.program.settings.storage_backend == "local"
    with open_core(environ, face="window") as core:
        assert [node.title for node in core.catalogue.children(None)] == ["Book"]
        assert core.library is core.library


def test_everything_can_be_built_and_closed(tmp_path: Path) -> None:
    with open_core({"AUDIODESK_HOME": str(tmp_path)}, face="command") as core:
        core.library.add_project("Book")
        parts = [
            core.library,
            core.catalogue,
            core.planner,
            core.importer,
            core.peaks,
            core.analyser,
            core.playback,
            core.verifier,
        ]
        assert len({id(part) for part in parts}) == len(parts)
        assert len(list((tmp_path / "local" / "processes").iterdir())) == 1
    assert list((tmp_path / "local" / "processes").iterdir()) == []
    core.close()
    with pytest.raises(BugError):
        _ = core.catalogue
    assert code_of(core.database.changed_elsewhere) in ("", "library-closed")


def test_a_command_that_imports_clears_away_the_signs_of_dead_processes(tmp_path: Path) -> None:
    dead = tmp_path / "local" / "processes" / "0b9d9f5c-9a5e-4f0e-8f43-4d5f0a6f3c11.lock"
    dead.parent.mkdir(parents=True)
    dead.touch()
    with open_core({"AUDIODESK_HOME": str(tmp_path)}, face="command") as core:
        core.library.add_project("Book")
        assert core.importer.refusals() == []
        assert not dead.exists()
        assert len(list(dead.parent.iterdir())) == 1


def test_background_work_is_over_when_its_library_is_closed(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with Program({"AUDIODESK_HOME": str(tmp_path)}, face="window") as program:
        for _ in range(3):
            with program.open() as core:
                core.background.start()
            assert [thread.name for thread in set(threading.enumerate()) - before if "Thread-" not in thread.name] == []


def test_two_libraries_of_one_program_share_what_the_process_has_once(tmp_path: Path) -> None:
    with Program({"AUDIODESK_HOME": str(tmp_path)}, face="command") as program:
        anna = tmp_path / "example.org" / "anna"
        with program.open() as here, program.open(anna) as there:
            here.library.add_project("Salt")
            there.library.add_project("Well")
            assert here.importer is not there.importer
            assert here.program.checker is there.program.checker
        assert not program.is_closed
        with program.open(anna) as there:
            assert [node.title for node in there.catalogue.children(None)] == ["Well"]
        known = {library.path for library in program.registry.all()}
        assert known >= {str(tmp_path / "local"), str(anna)}


def test_a_library_knows_whether_it_has_an_account(tmp_path: Path) -> None:
    with Program({"AUDIODESK_HOME": str(tmp_path)}, face="command") as program:
        with program.open() as core:
            assert (core.has_account, core.account_id) == (False, None), "not even made"
            core.library.add_project("Salt")
            assert not core.has_account
            core.database.write(lambda connection: adopt(connection, core.program.clock(), "anna"))
            assert (core.has_account, core.account_id) == (True, "anna")
        with program.open() as core:
            assert core.account_id == "anna"


def test_an_account_is_closed_before_its_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[str] = []

    def note(kind: Any) -> None:
        close = kind.close

        def closing(part: Any) -> None:
            closed.append(kind.__name__)
            close(part)

        monkeypatch.setattr(kind, "close", closing)

    for kind in (Account, SignIn, Database):
        note(kind)
    with open_core({"AUDIODESK_HOME": str(tmp_path)}, face="command") as core:
        former = core.sign_in()
        account = core.sign_in()
        assert former.is_closed
        closed.clear()
        assert core.account is account
        assert code_of(lambda: account.usage) == "server-not-set"
    assert closed == ["Account", "SignIn", "Database"]


def test_parts_are_built_once_and_closed_in_reverse() -> None:
    told: list[str] = []

    class Part:
        def __init__(self, name: str) -> None:
            self._name = name
            told.append(f"{name} built")

        def close(self) -> None:
            told.append(f"{self._name} closed")

    class House(Scope):
        @lazy
        def roof(self) -> Part:
            assert self.walls
            return Part("roof")

        @lazy
        def walls(self) -> Part:
            return Part("walls")

        @lazy
        def cellar(self) -> Part:
            raise OSError("there is rock")

    with House() as house:
        assert not house.is_built("walls")
        with ThreadPoolExecutor(4) as pool:
            assert len(set(pool.map(lambda _: house.roof, range(20)))) == 1
        assert house.is_built("walls")
        for _ in range(2):
            with pytest.raises(OSError, match="rock"):
                _ = house.cellar
    house.close()
    assert told == ["walls built", "roof built", "roof closed", "walls closed"]
    assert code_of(lambda: house.roof) == "library-closed"


def test_an_unknown_back_end(tmp_path: Path) -> None:
    def enter() -> None:
        with open_core({"AUDIODESK_HOME": str(tmp_path), "STORAGE_BACKEND": "ftp"}, face="command"):
            pass

    assert code_of(enter) == "setting-unknown"


def test_listing_loads_neither_qt_nor_decoders(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from audiodesk.composition import open_core\n"
        "with open_core(face='command') as core: core.library.add_project('x'); core.catalogue.children(None)\n"
        "print([name for name in ('PySide6', 'numpy', 'soundfile', 'mutagen', 'pebble', 'keyring', 'httpx', 'supabase')"
        " if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=_ROOT)
    assert done.stdout.strip() == "[]"


def test_what_waits_for_the_server_makes_no_library_where_one_is_known(tmp_path: Path) -> None:
    environ = {"AUDIODESK_HOME": str(tmp_path / "home"), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    with open_core(environ, face="command") as core:
        core.library.add_project("One")
    folder = tmp_path / "home" / "local"
    shutil.rmtree(folder / "backups")
    for part in folder.glob("library.sqlite3*"):
        part.unlink()
    (folder / "library.sqlite3").touch()
    with pytest.raises(OutsideError) as caught, open_core(environ, face="command") as core:
        Account(core, core.program.sign_in())._queued()
    assert caught.value.code == "library-missing"
    assert (folder / "library.sqlite3").stat().st_size == 0
