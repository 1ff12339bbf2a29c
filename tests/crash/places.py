"""Libraries on a disk that is full or read-only: python -m tests.crash.places FOLDER, in a mount namespace of its own.

Mounts small file systems on FOLDER. Exit code 0 if every condition holds.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from audiodesk.cli.frame.program import main as command_line
from audiodesk.composition import open_core
from audiodesk.local.database.migrations import STEPS, statements
from audiodesk.local.files.reserve import RESERVE_BYTES
from tests import media
from tests.support import code_of

__all__ = ["main"]


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0])
    os.environ["AUDIODESK_HOME"] = str(folder / "disk" / "home")
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        os.environ[name] = str(folder / "places")
    os.environ["TMPDIR"] = str(folder)
    (folder / "disk").mkdir()
    for number in range(3):
        media.wav(folder / "Salt" / "1" / f"{number}.wav", seconds=2.0 + number)
    scenarios = (full, full_without_reserve, full_while_open, read_only, read_only_after_kill, read_only_and_old)
    for scenario in scenarios if len(arguments) == 1 else scenarios[int(arguments[1]) :]:
        (folder / "places").mkdir(exist_ok=True)
        with mounted(folder / "disk"):
            scenario(folder)
        print(scenario.__name__, "holds")
        subprocess.run(["rm", "-r", str(folder / "places")], check=True)
    return 0


def full(folder: Path) -> None:
    """A closed library on a disk without one free byte: all is shown, and the trash can be emptied."""
    local = book(folder)
    assert (local / "reserve").stat().st_size == RESERVE_BYTES
    run("section", "trash", "Salt/1/0")
    fill(folder / "disk")
    look(local, "disk-full", takes=2)
    assert free(folder / "disk") == 0
    done = run("trash", "empty", "--yes")
    assert done["summary"]["removed"] == 1
    assert len(audio(local)) == 2
    (folder / "disk" / "filler").unlink()
    run("project", "add", "New")
    run("import", str(folder / "Salt"))
    assert (local / "reserve").stat().st_size == RESERVE_BYTES
    assert run("status")["read_only"] is None


def full_without_reserve(folder: Path) -> None:
    """The waveforms, which can be made again, make room where there is no reserve."""
    local = book(folder)
    (local / "reserve").unlink()
    (local / "peaks" / "ab").mkdir(exist_ok=True)
    (local / "peaks" / "ab" / "big.peaks").write_bytes(os.urandom(400_000))
    run("section", "trash", "Salt/1/0")
    fill(folder / "disk")
    assert run("trash", "empty", "--yes")["summary"]["removed"] == 1
    assert len(audio(local)) == 2


def full_while_open(folder: Path) -> None:
    """The disk gets full under an open library: edits are refused in words, and go on by themselves with room."""
    local = book(folder)
    with open_core(face="window") as core:
        fill(folder / "disk")
        codes = [code_of(core.library.add_project, "x" * 400 + str(number)) for number in range(100)]
        assert set(codes) <= {"", "disk-full"}
        assert "disk-full" in codes
        (folder / "disk" / "filler").unlink()
        core.library.add_project("Room again")
    assert "Room again" in [project["title"] for project in run("tree")["projects"]]
    assert (local / "library.sqlite3").exists()


def read_only(folder: Path) -> None:
    """A closed library on a disk that was mounted read-only."""
    local = book(folder)
    run("section", "trash", "Salt/1/2")
    with remounted(folder / "disk"):
        look(local, "disk-read-only", takes=2)
        assert refused("trash", "empty", "--yes") == "disk-read-only"
        with open_core(face="window") as core:
            core.background.start()
            section = core.catalogue.resolve("Salt/1/0")
            (row,) = core.catalogue.takes(section.id)
            assert core.playback.open(row.take.id) is not None
            assert core.database.trouble is not None
            assert code_of(core.library.add_project, "New") == "disk-read-only"
    run("project", "add", "New")


def read_only_after_kill(folder: Path) -> None:
    """What was committed last lies in the write-ahead log: it is shown all the same, and nothing is changed."""
    local = book(folder)
    script = (
        "import os\nfrom audiodesk.composition import open_core\n"
        "with open_core(face='command') as core: core.library.add_project('Last'); os._exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parents[2], check=False).returncode == 9
    assert (local / "library.sqlite3-wal").stat().st_size > 0
    with remounted(folder / "disk"):
        look(local, "disk-read-only", takes=3)
        assert [project["title"] for project in run("tree")["projects"]] == ["Salt", "Last"]
    assert [project["title"] for project in run("tree")["projects"]] == ["Salt", "Last"]


def read_only_and_old(folder: Path) -> None:
    """A snapshot of an older library is shown in today's form."""
    path = folder / "disk" / "home" / "local" / "library.sqlite3"
    path.parent.mkdir(parents=True)
    connection = sqlite3.connect(path)
    for statement in statements(STEPS[0]):
        connection.execute(statement)
    connection.execute(
        "insert into project (id, order_key, created_at, title) values"
        " ('00000000-0000-4000-8000-000000000001', 'a0', 1, 'Old')"
    )
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with remounted(folder / "disk"):
        assert [project["title"] for project in run("tree")["projects"]] == ["Old"]
        assert refused("project", "add", "New") == "disk-read-only"
    assert path.read_bytes() == before


def look(local: Path, code: str, *, takes: int) -> None:
    """Everything can be seen, every edit is refused in words, and nothing was made or changed."""
    before = sorted(path for path in local.rglob("*") if not path.name.endswith(("-shm", "-wal")))
    status = run("status")
    assert (status["read_only"], status["takes"]) == (code, takes), status
    assert run("verify")["summary"]["ok"] == 3
    assert len(run("tree")["projects"]) >= 1
    assert run("trash", "list") is not None
    for edit in (("project", "add", "New"), ("project", "rename", "Salt", "x"), ("section", "trash", "Salt/1/1")):
        assert refused(*edit) == code, edit
    assert refused("import", str(local.parents[2] / "Salt")) in (code, "failed")
    parts = {part["name"]: part for part in run("doctor", code=None)["checks"]}
    assert not parts["library"]["ok"]
    assert parts["library"]["action"]
    assert sorted(path for path in local.rglob("*") if not path.name.endswith(("-shm", "-wal"))) == before


def book(folder: Path) -> Path:
    """Make a library with three takes on the disk; returns its folder."""
    run("import", str(folder / "Salt"))
    return folder / "disk" / "home" / "local"


def run(*arguments: str, code: int | None = 0) -> Any:
    """Run a command and return its document."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        found = command_line([*arguments, "--json"])
        out.flush()
    document = json.loads(out.buffer.getvalue())
    assert code is None or found == code, (arguments, found, document)
    return document


def refused(*arguments: str) -> str:
    """Run a command that must end with 3, and return the error's code."""
    document = run(*arguments, code=None)
    return str(document["error"]["code"]) if "error" in document else "failed" if "items" in document else ""


def audio(local: Path) -> list[Path]:
    return list((local / "vault").rglob("*.wav"))


def free(disk: Path) -> int:
    status = os.statvfs(disk)
    return status.f_bavail * status.f_frsize


def fill(disk: Path) -> None:
    """Use every byte that is free."""
    with (disk / "filler").open("ab", buffering=0) as file:
        for size in (65_536, 4096, 512, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(os.urandom(size))
    assert free(disk) == 0


@contextlib.contextmanager
def mounted(disk: Path) -> Iterator[None]:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@contextlib.contextmanager
def remounted(disk: Path) -> Iterator[None]:
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
