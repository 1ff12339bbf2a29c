"""The details of a take whose file is missing or changed say so, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from tests import media
from tests.desktop.window import Book, open_desk, wait

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("damage", "said"), [("missing", "is missing on this computer"), ("changed", "is damaged")])
def test_the_details_say_what_is_wrong_and_what_heals_it(qtbot: QtBot, tmp_path: Path, damage: str, said: str) -> None:
    path = media.wav(tmp_path / "k01.wav", seconds=0.5)
    books: list[Book] = []
    with open_desk(qtbot, lambda core: books.append(Book(core))) as (core, desk):
        (item,) = core.importer.import_files(core.planner.plan([str(path)], books[0].sections[0]))
        assert item.take_id is not None
        desk.reveal(Ref(Entity.TAKE, item.take_id))
        details = desk.window.details.take
        wait(qtbot, lambda: details.shown_id == item.take_id)
        (kept,) = (one for one in (core.library_folder / "vault").rglob("*.wav"))
        kept.chmod(0o600)
        if damage == "missing":
            kept.unlink()
        else:
            kept.write_bytes(kept.read_bytes()[:-1] + b"x")
        core.verifier.verify()
        wait(qtbot, lambda: any(said in label.text() for label in details.findChildren(QLabel)))
        assert any("Add the original file to this section again" in one.text() for one in details.findChildren(QLabel))
