"""The composition root: built when asked for, closed in reverse, light for a command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from audiodesk.composition import open_core
from audiodesk.domain.errors import BugError
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
            core.program.checker,
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


def test_background_work_begins_and_ends_at_any_moment(tmp_path: Path) -> None:
    for _ in range(3):
        with open_core({"AUDIODESK_HOME": str(tmp_path)}, face="window") as core:
            core.background.start()


def test_a_back_end_nobody_knows(tmp_path: Path) -> None:
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
