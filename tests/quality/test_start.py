"""A command loads only what it needs: no Qt, no decoders, no network, no other command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from audiodesk.cli.frame.program import COMMANDS

QT_AND_DECODERS = ("PySide6", "shiboken6", "numpy", "soundfile", "mutagen", "PIL")
NETWORK = ("httpx", "supabase", "supabase_auth", "postgrest", "psycopg", "truststore", "ssl", "keyring")
UNUSED = ("pydantic", "pydantic_core", "rich")  # typer would load the first two to convert plain text
NEVER = (*QT_AND_DECODERS, *NETWORK, *UNUSED)
PROGRAM = """
import sys
from audiodesk.__main__ import main
sys.argv = ["audiodesk", *{arguments!r}]
code = main()
print(__import__("json").dumps([code, sorted(sys.modules)]), file=sys.stderr)
"""


def _loaded(home: Path, *arguments: str) -> tuple[int, set[str]]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(arguments=list(arguments))],
        env={**os.environ, "AUDIODESK_HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_STATE_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    code, modules = json.loads(done.stderr.splitlines()[-1])
    return code, set(modules)


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [("--version",), ("tree",), ("tree", "--json"), ("trash",), ("status",)])
def test_a_command_loads_only_what_it_needs(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    code, modules = _loaded(tmp_path, *arguments)
    assert code == 0
    assert "audiodesk.cli.frame.program" in modules
    assert [name for name in NEVER if name in modules] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ("project", "add", "Book", "--author", "Anna"),
        ("chapter", "add", "--help"),
        ("take", "list", "0000"),
        ("import", "nothing.wav", "nothing.mp3", "--project", "Book"),
        ("trash", "empty", "--yes"),
        ("backend", "sql"),
        ("--help",),
    ],
)
def test_no_command_loads_pydantic_to_read_its_arguments(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    _, modules = _loaded(tmp_path, *arguments)
    assert [name for name in UNUSED if name in modules] == []


def test_a_command_loads_no_other() -> None:
    places = [place.partition(":")[0] for place in COMMANDS.values()]
    with_help = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(arguments=["tree", "--help"])],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    modules = json.loads(with_help.stderr.splitlines()[-1])[1]
    assert [place for place in places if place in modules] == ["audiodesk.cli.commands.tree"]


INTERRUPTED = """
import signal, sys
class Presses:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Presses())
sys.argv = ["audiodesk", *{arguments!r}]
from audiodesk.__main__ import main
sys.exit(main())
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        ("audiodesk.cli", ("tree",)),
        ("typer", ("tree", "--json")),
        ("audiodesk.cli.frame.lazy", ("--version",)),
        ("audiodesk.cli.commands.tree", ("tree",)),  # loaded when the arguments are parsed
        ("audiodesk.desktop.start.application", ()),
        ("PySide6.QtWidgets", ()),
    ],
)
def test_ctrl_c_while_it_starts_ends_it_quietly(module: str, arguments: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED.format(module=module, arguments=list(arguments))],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_ctrl_c_that_the_shell_has_switched_off_stays_so(tmp_path: Path) -> None:
    """As for a command that a script starts in the background."""
    program = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n" + INTERRUPTED
    done = subprocess.run(
        [sys.executable, "-c", program.format(module="typer", arguments=["--version"])],
        env={**os.environ, "AUDIODESK_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.startswith("AudioDesk")


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_ctrl_c_is_the_commands_own_once_it_runs(tmp_path: Path) -> None:
    program = (
        "import signal, audiodesk.cli.commands.tree as tree\n"
        "def press(): signal.raise_signal(signal.SIGINT)\n"
        "tree.open_to_read = press\n"
    ) + PROGRAM.format(arguments=["tree"])
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "AUDIODESK_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    said, result = done.stderr.splitlines()
    assert said == "Stopped. What was done until then stays."
    assert json.loads(result)[0] == 130


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_ctrl_c_after_the_command_changes_nothing(tmp_path: Path) -> None:
    program = (
        "import atexit, signal, sys\n"
        "atexit.register(signal.raise_signal, signal.SIGINT)\n"
        "from audiodesk.__main__ import main\n"
        "sys.argv = ['audiodesk', 'tree', 'Nothing']\n"
        "sys.exit(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "AUDIODESK_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert "Nothing" in done.stderr
    assert "Traceback" not in done.stderr


def test_version_opens_no_library(tmp_path: Path) -> None:
    code, _ = _loaded(tmp_path, "--version")
    assert code == 0
    assert list(tmp_path.iterdir()) == []


def test_the_program_itself_is_light() -> None:
    """The decoders' process imports it again: nothing of the package may come along but its version."""
    listing = "import sys, audiodesk.__main__; print(*sorted(m for m in sys.modules if m.startswith('audiodesk')))"
    done = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["audiodesk", "audiodesk.__main__"]
