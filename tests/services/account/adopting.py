"""What tests of an adoption share: a computer of their own, two accounts, and a library with takes."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

import pytest

from audiodesk.composition import Program
from audiodesk.composition.core import Core
from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.ids import new_id
from audiodesk.domain.library.entities import Chapter, Cover, Project, Section, Take, TakeFile
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.notes import Note
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.server.account import KnownAccount
from audiodesk.local.rows.store.edited_rows import EditedRows
from audiodesk.local.rows.sync.device import this_device
from audiodesk.local.rows.work import vault_file_repo
from audiodesk.system.files import make_folder

USER = "0f8fad5b-d9cb-469f-a165-70867728950e"
ANNA = KnownAccount("example.org", "https://example.org", "sb_publishable_x", USER, "anna@example.org")
BEN = KnownAccount("example.org", "https://example.org", "sb_publishable_x", USER[:-1] + "f", "ben@example.org")


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A computer of the test's own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return {"AUDIODESK_HOME": str(tmp_path / "home"), "XDG_CONFIG_HOME": str(tmp_path / "config")}


def fill(core: Core, title: str, takes: int = 2) -> list[str]:
    """Make a book with takes, one of them trashed, with a cover and notes; return the hashes of the files."""
    shas: list[str] = []

    def write(connection: sqlite3.Connection) -> None:
        rows = EditedRows(connection, 1_700_000_000_000)
        device = this_device(rows)
        project, chapter, section = new_id(), new_id(), new_id()
        rows.create(Project(id=project, order_key="a0", title=title))
        rows.create(Cover(id=new_id(), order_key="a0", project_id=project, mime="image/png", data=b"x"))
        rows.create(Chapter(id=chapter, order_key="a0", project_id=project, title="1"))
        rows.create(Section(id=section, order_key="a0", chapter_id=chapter, title="1"))
        for number in range(takes):
            data = f"{title} {number}".encode() * 1000
            sha = hashlib.sha256(data).hexdigest()
            name = core.vault.new_temporary_name()
            core.vault.temporary(name).write_bytes(data)
            core.vault.adopt(name, sha, Kind.WAV, len(data))
            take = new_id()
            rows.create(Take(id=take, order_key=f"a{number}", section_id=section, file_name="a.wav", device_id=device))
            rows.create(
                TakeFile(
                    id=new_id(),
                    order_key="a0",
                    take_id=take,
                    sha256=sha,
                    size=len(data),
                    kind=Kind.WAV,
                    seconds=1.0,
                    sample_rate=44100,
                    channels=1,
                )
            )
            rows.create(Note(id=new_id(), order_key="a0", take_id=take, text="breath"))
            vault_file_repo.entered(connection, sha, Kind.WAV, len(data), 1)
            shas.append(sha)
        rows.update(Ref(Entity.TAKE, take), deleted_at=1)

    make_folder(core.vault.folder)
    core.database.make()
    core.database.write(write)
    return shas


def filled(environ: dict[str, str], title: str, takes: int = 2) -> list[str]:
    with Program(environ, face="command") as program, program.open() as core:
        return fill(core, title, takes)


def titles(core: Core) -> list[str]:
    return sorted(node.title for node in core.catalogue.children(None))
