"""``./run`` on a Debian where everything is missing: what it tells a person without administrator rights."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a shell script")


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A copy of the scripts beside commands that stand in for those of a bare Debian without root."""
    (tmp_path / "bin").mkdir()
    stand_ins = {
        "id": "echo 1000",
        "sudo": "exit 1",
        "dpkg-query": "exit 1",
        "apt-get": "exit 1",
        "python3": 'case "$*" in *ensurepip*) exit 1 ;; esac',
    }
    for name, body in stand_ins.items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        (tmp_path / "bin" / name).chmod(0o755)
    for name in ("run", "test", "requirements.lock", "pyproject.toml"):
        shutil.copy2(ROOT / name, tmp_path / name)
    return tmp_path


def _started(bare: Path, script: str, *arguments: str) -> tuple[int, str]:
    environment = {**os.environ, "PATH": f"{bare / 'bin'}:{os.environ['PATH']}"}
    done = subprocess.run(
        [bare / script, *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout == ""
    return done.returncode, done.stderr


def _set_up(bare: Path, *, with_qt: bool) -> None:
    """Pretend that the environment is there, with or without what Qt needs of Debian."""
    program = bare / ".venv" / "bin"
    program.mkdir(parents=True)
    loads = "" if with_qt else 'case "$2" in *PySide6*) echo libEGL.so.1 is missing >&2; exit 1 ;; esac'
    for name, body in (("python", loads), ("audiodesk", "")):
        (program / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        (program / name).chmod(0o755)
    wanted = subprocess.run(
        ["sh", "-c", "{ cat -- run requirements.lock pyproject.toml; pwd -P; } | cksum"],
        cwd=bare,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for stamp in ("set-up-for", "tests-set-up-for"):
        (bare / ".venv" / stamp).write_text(wanted, encoding="utf-8")


@pytest.mark.parametrize("script", ["run", "test"])
def test_all_that_is_missing_is_one_line_to_copy(bare: Path, script: str) -> None:
    code, said = _started(bare, script)
    assert code == 3
    sentence, line = said.splitlines()
    assert sentence == "AudioDesk needs some packages of Debian, which an administrator installs with:"
    assert line.startswith("    sudo apt install python3-venv libegl1 ")
    assert line.endswith(" libxrandr2")


def test_what_is_still_missing_is_named_again_where_it_is_needed(bare: Path) -> None:
    _set_up(bare, with_qt=True)
    (bare / ".venv" / "lacks-packages").touch()
    for arguments, named in (((), True), (("doctor",), True), (("tree",), False), ((), True)):
        code, said = _started(bare, "run", *arguments)
        assert (code, "sudo apt install libegl1" in said) == (0, named)


def test_what_was_installed_meanwhile_is_named_no_more(bare: Path) -> None:
    _set_up(bare, with_qt=True)
    (bare / ".venv" / "lacks-packages").touch()
    (bare / "bin" / "dpkg-query").write_text("#!/bin/sh\necho 'ii '\n", encoding="utf-8")
    assert _started(bare, "run") == (0, "")
    assert not (bare / ".venv" / "lacks-packages").exists()


def test_the_tests_without_the_libraries_end_in_the_line_to_copy(bare: Path) -> None:
    _set_up(bare, with_qt=False)
    code, said = _started(bare, "test")
    assert code == 3
    assert "The tests need Qt, which does not load: libEGL.so.1 is missing" in said
    assert said.splitlines()[-1].startswith("    sudo apt install libegl1 ")
    assert "INTERNALERROR" not in said


def test_ctrl_c_before_anything_is_loaded_prints_no_traceback(bare: Path, tmp_path: Path) -> None:
    """``re`` stands for the moment: what pip's script loads first, and AudioDesk only when it heeds Ctrl-C."""
    _set_up(bare, with_qt=True)
    program = bare / ".venv" / "bin"
    (program / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n', encoding="utf-8")
    (program / "audiodesk").write_text(
        f"#!{sys.executable}\nimport re\nimport sys\nfrom audiodesk.__main__ import main\nsys.exit(main())\n",
        encoding="utf-8",
    )
    early = tmp_path / "early"
    early.mkdir()
    (early / "re.py").write_text("import os\nos.kill(os.getpid(), 2)\nfor _ in range(1000): pass\n", encoding="utf-8")
    done = subprocess.run(
        [bare / "run", "tree"],
        env={**os.environ, "PYTHONPATH": str(early)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        # If the tests run in the background, their shell has switched Ctrl-C off.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert done.stdout + done.stderr == ""
    assert done.returncode in (130, -signal.SIGINT)


@pytest.mark.slow
def test_the_command_line_gets_its_arguments_as_they_are(bare: Path) -> None:
    _set_up(bare, with_qt=True)
    python = bare / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n', encoding="utf-8")
    done = subprocess.run(
        [bare / "run", "project", "add", "Two words; $HOME 'and more'", "--json"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert json.loads(done.stdout)["title"] == "Two words; $HOME 'and more'"
