"""Commands whose output cannot be written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from audiodesk.cli.output.answer import shown

AUDIODESK = [sys.executable, "-m", "audiodesk"]

pytestmark = [
    pytest.mark.slow,  # the file as a whole
    pytest.mark.skipif(sys.platform == "win32", reason="pipes and /dev/full are POSIX's"),
]


def _shell(line: str) -> subprocess.CompletedProcess[str]:
    script = line.replace("AUDIODESK", f"'{sys.executable}' -m audiodesk")
    return subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def many() -> None:
    """Forty projects: more than a pipe's reader wants."""
    from audiodesk.composition import open_core

    with open_core(face="command") as core:
        for number in range(40):
            core.library.add_project(f"Book {number}")


@pytest.mark.usefixtures("many")
def test_a_reader_that_has_enough() -> None:
    done = _shell("AUDIODESK tree | head -n 1")
    assert done.returncode == 0
    assert done.stdout.startswith("Book 0")
    assert done.stderr == ""


@pytest.mark.usefixtures("many")
def test_the_exit_code_is_that_of_the_work() -> None:
    done = _shell("{ AUDIODESK tree; echo $? >&2; } | true")
    assert done.stderr == "0\n"


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("arguments", ["tree", "tree --json", "--version"])
def test_a_closed_output(arguments: str) -> None:
    done = _shell(f"AUDIODESK {arguments} >&-")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.usefixtures("many")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is Linux's")
@pytest.mark.parametrize("arguments", ["tree", "tree --json"])
def test_a_full_disk_behind_the_output(arguments: str) -> None:
    done = _shell(f"AUDIODESK {arguments} > /dev/full")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()


@pytest.mark.usefixtures("many")
def test_nothing_at_all_is_open() -> None:
    assert _shell("AUDIODESK tree <&- >&- 2>&-").returncode == 0


@pytest.mark.parametrize("locale", ["C", "POSIX", "en_US.ISO-8859-1"])
def test_documents_are_utf_8_on_any_terminal(locale: str) -> None:
    made = subprocess.run(
        ["env", f"LC_ALL={locale}", "PYTHONIOENCODING=ascii", *AUDIODESK, "project", "add", "Über – 海", "--json"],
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert "Über – 海".encode() in made.stdout
    listed = subprocess.run(
        ["env", f"LC_ALL={locale}", "PYTHONIOENCODING=ascii", *AUDIODESK, "tree"], capture_output=True, check=True
    )
    assert b"\\xdcber" in listed.stdout


def test_what_is_shown_of_a_name() -> None:
    assert shown("Kapitel 1 – Über") == "Kapitel 1 – Über"
    assert shown("a\udcffb") == "a\\xffb"
    assert shown("a\nb\x1b[0m") == "a\\nb\\x1b[0m"
    assert shown("evil\u202e3pm.exe") == "evil\\u202e3pm.exe"
    assert shown("\ud800") == "\\ud800"
