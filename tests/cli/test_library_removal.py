"""An account's library leaves this computer only while nobody works in it: tried with processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from audiodesk.composition import Program
from audiodesk.desktop.base.single_window import raise_other
from audiodesk.domain.server.account import KnownAccount
from audiodesk.local.database.library_place import LIST
from audiodesk.system.locks import WindowLock
from tests.cli.conftest import Run

pytestmark = pytest.mark.slow

_ANNA = KnownAccount(
    "example.org", "https://example.org", "sb_publishable_x", "1b4e28ba-2fa1-11d2-883f-0016d3cca427", "a@b.c"
)
_WORKS = """
import sys
from audiodesk.composition import Program
with Program(face="command") as program, program.open() as core:
    core.database.make()
    core.importer
    print("at work", flush=True)
    sys.stdin.readline()
"""
_SYNCS = """
import sys
from pathlib import Path
from audiodesk.system.locks import SyncLock
lock = SyncLock(Path(sys.argv[1]))
assert lock.acquire()
print("at work", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def library() -> Path:
    """The library of an account, all of it safe."""
    with Program(face="command") as program:
        program.account_service.decide(_ANNA)
        with program.open() as core:
            core.database.write(lambda connection: connection.execute("delete from change"))  # as if it were sent
        return program.library_folder


def _refused(run: Run, library: Path, code: str, words: str) -> None:
    said = run("account", "--remove-library", "--yes", "--json")
    assert (said.code, said.document["error"]["code"]) == (3, code)
    assert words in said.err
    assert (library / LIST).exists()


def test_a_window_of_another_process_shows_it(library: Path, run: Run) -> None:
    window = subprocess.Popen([sys.executable, "-m", "audiodesk"], env={**os.environ, "STORAGE_BACKEND": "local"})
    try:
        assert raise_other(library, milliseconds=30_000)
        _refused(run, library, "library-in-window", "A window shows the library")
    finally:
        window.terminate()
        assert window.wait(30) == 0
    assert run("account", "--remove-library", "--yes").code == 0
    assert not library.exists()


@pytest.mark.parametrize("code", [_WORKS, _SYNCS], ids=["imports", "syncs"])
def test_a_command_of_another_process_works_in_it(library: Path, run: Run, code: str) -> None:
    command = [sys.executable, "-W", "ignore", "-c", code, str(library)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "at work\n"
        _refused(run, library, "library-at-work", "Another AudioDesk is at work")
        other.communicate("\n", timeout=30)
    assert run("account", "--remove-library", "--yes").code == 0
    assert not library.exists()


def test_an_adoption_that_cannot_go_on_is_left(library: Path, run: Run) -> None:
    """A window shows the other library, so each command would try in vain to bring it in."""
    with Program(face="command") as program:
        local = program.folders.local_library
        with program.open(local) as core:
            core.library.add_project("Book")
        program.adoption.plan(_ANNA)
        lock = WindowLock(local)
        assert lock.acquire()
        run("tree", "--json")
        assert program.adoption.is_planned
        run("account", "--leave-apart")
        lock.release()
        assert not program.adoption.leave_apart(), "there is no plan any more"
        assert (local / LIST).exists()
        assert library.exists()
