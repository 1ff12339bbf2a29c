"""What a person at a terminal sees: a progress bar, a question before the trash is emptied, words after Ctrl-C."""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import media

pty = pytest.importorskip("pty", reason="terminals of this kind are POSIX's")

# Nothing but exec may come after the fork.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")

Asked = Callable[..., Any]


class Terminal:
    """A command in a terminal of its own."""

    def __init__(self, *arguments: str) -> None:
        self.seen = ""
        self._pid, self._file = pty.fork()
        if self._pid == 0:  # pragma: no cover  # the other process
            os.environ["TERM"] = "xterm"
            os.execv(sys.executable, [sys.executable, "-m", "audiodesk", *arguments])

    def read_until(self, text: str, seconds: float = 40) -> None:
        """Read until ``text`` was seen."""
        deadline = time.monotonic() + seconds
        while text not in self.seen and time.monotonic() < deadline and self._read():
            pass
        assert text in self.seen

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._file, keys.encode())

    def finish(self, seconds: float = 40) -> int:
        """Read to the end and return the exit code."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self._read():
            pass
        _, status = os.waitpid(self._pid, 0)
        return os.waitstatus_to_exitcode(status)

    def close(self) -> None:
        """Give the terminal back."""
        os.close(self._file)

    def _read(self) -> bool:
        if not select.select([self._file], [], [], 1.0)[0]:
            return True
        try:
            data = os.read(self._file, 65536)
        except OSError:  # Linux reports this when the other side has closed
            return False
        self.seen += data.decode("utf-8", "replace")
        return bool(data)


Open = Callable[..., Terminal]


@pytest.fixture
def terminal() -> Iterator[Open]:
    """Open terminals, and close them at the end."""
    opened: list[Terminal] = []

    def open_terminal(*arguments: str) -> Terminal:
        opened.append(Terminal(*arguments))
        return opened[-1]

    yield open_terminal
    for one in opened:
        one.close()


@pytest.mark.slow
def test_a_bar_is_shown_and_taken_away(terminal: Open, tmp_path: Path) -> None:
    for number in range(6):
        media.wav(tmp_path / f"{number}.wav", seconds=60, tone=200 + number)
    checking = terminal("check", *map(str, sorted(tmp_path.glob("*.wav"))))
    assert checking.finish() == 0
    assert "━" in checking.seen
    assert "6 files: 6 ok" in checking.seen


@pytest.mark.slow
def test_ctrl_c_reaches_all_processes_and_ends_in_words(terminal: Open, tmp_path: Path) -> None:
    path = media.wav(tmp_path / "one.wav", seconds=600)
    checking = terminal("check", *[str(path)] * 100)
    checking.read_until("2 %")
    checking.type("\x03")
    assert checking.finish() == 130
    assert "Stopped" in checking.seen
    assert "Traceback" not in checking.seen
    assert "KeyboardInterrupt" not in checking.seen


@pytest.mark.slow
@pytest.mark.parametrize(("key", "left", "code"), [("n", 1, 1), ("y", 0, 0)])
def test_the_trash_goes_only_after_a_yes(terminal: Open, asked: Asked, key: str, left: int, code: int) -> None:
    book = asked("project", "add", "Book")["id"]
    asked("project", "trash", book)
    emptying = terminal("trash", "empty")
    emptying.read_until("for good?")
    emptying.type(f"{key}\n")
    assert emptying.finish() == code
    assert len(asked("trash", "list")["items"]) == left


@pytest.mark.slow
def test_yes_goes_without_the_question(terminal: Open, asked: Asked) -> None:
    asked("project", "trash", asked("project", "add", "Book")["id"])
    emptying = terminal("trash", "empty", "--yes")
    assert emptying.finish() == 0
    assert asked("trash", "list")["items"] == []
