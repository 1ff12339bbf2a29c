"""What the crash tests share: books to import, processes to kill, and the restart after that."""

from __future__ import annotations

import contextlib
import os
import random
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

from audiodesk.composition import open_core
from audiodesk.domain.library.verify import VerifyResult
from tests import media
from tests.crash.importing import environ_for
from tests.desk import must_hold

__all__ = ["Importing", "Working", "audio_of", "make_books", "restart"]


def make_books(folder: Path, *, files: int = 24, seed: int = 1) -> list[Path]:
    """Make two books of WAVs that share half of their bytes, some of them damaged; returns their folders."""
    chance = random.Random(seed)
    whole = media.wav_bytes(seconds=1.0, rate=96000)
    header, length = whole[:44], len(whole) - 44
    shared = [chance.randbytes(length) for _ in range(files // 2)]
    books = []
    for name in ("Salt", "River"):
        book = folder / name
        for number in range(files):
            data = shared[number] if number < len(shared) else chance.randbytes(length)
            path = book / f"{number // 6}" / f"{number}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            cut = length // 2 if number % 11 == 10 else 0
            path.write_bytes(header + data[: length - cut])
        books.append(book)
    return books


class _Doomed:
    """One process that waits to work. ``go`` lets it begin, ``kill`` ends it with SIGKILL; ``output``: what it said."""

    output = ""

    def __init__(self, module: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        assert self._said() == "ready"

    def _said(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def go(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    @property
    def works(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    def kill(self) -> bool:
        """End it; tells whether it was still at work."""
        self._process.kill()
        return self.wait() < 0

    def wait(self) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        code = self._process.wait(120)
        if not self._process.stdout.closed:
            self.output = self._process.stdout.read()
        self._process.stdin.close()
        self._process.stdout.close()
        return code


class Importing(_Doomed):
    """A process that imports ``folders``."""

    def __init__(self, root: Path, *folders: Path) -> None:
        super().__init__("tests.crash.importing", str(root), *map(str, folders))


class Working(_Doomed):
    """A process that does one of ``working.WORKS``."""

    def __init__(self, root: Path, work: str, folder: str = "") -> None:
        super().__init__("tests.crash.working", work, str(root), folder)


def audio_of(root: Path) -> set[str]:
    """Return the hashes of all files in the vault."""
    return {path.stem for path in (root / "local" / "vault").glob("??/*")}


def has_tables(path: Path) -> bool:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return bool(connection.execute("select count(*) from sqlite_master").fetchone()[0])


def restart(root: Path, *, offered_may_be: bool = True) -> int:
    """Start the program again, as a command does, and assert that everything holds; returns how many takes there are.

    Where the process was killed before it had made a library there is nothing to look at. The file of its list may be
    there all the same, with nothing in it: then no audio can be there yet.
    """
    path = root / "local" / "library.sqlite3"
    if not path.exists() or not has_tables(path):
        assert not list((root / "local" / "vault").glob("??/*"))
        return 0
    environ = {**os.environ, **environ_for(root)}
    with open_core(environ, face="command") as core:
        core.importer.recover()
        offered = {file.sha256 for file in core.found.files()}
        results = Counter(item.result for item in core.verifier.verify())
        assert offered_may_be or not offered
        assert results.pop(VerifyResult.UNKNOWN, 0) == len(offered)
        assert set(results) <= {VerifyResult.OK}
        takes = core.catalogue.totals().takes
    must_hold(root / "local", offered=offered)
    return takes
