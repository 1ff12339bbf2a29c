"""The window in another language: a real translation, loaded by a real start, with its own plural forms."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from audiodesk.system.folders import resources
from tests.translations import extract, release, translate

pytestmark = pytest.mark.slow

_PROGRAM = """
import json, sys
from pathlib import Path
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel
from audiodesk.desktop import desk
from audiodesk.desktop.start import application
from audiodesk.domain import errors
from audiodesk.domain.words.errors import error_words
from audiodesk.domain.words.library import section_words
from audiodesk.domain.library import section_status
from audiodesk.domain.words.importing.found_words import found_sentence

application.resources = lambda: Path({resources!r})


complete = desk.Desk._after_first_paint


def show_and_stop(self):
    complete(self)
    window = self.window
    print(json.dumps({{
        "menus": [action.text() for action in window.menuBar().actions()],
        "actions": [action.text() for action in window.findChildren(QAction)],
        "labels": [label.text() for label in window.findChildren(QLabel)],
        "buttons": [button.text() for button in window.findChildren(QAbstractButton)],
        "plurals": [found_sentence(count) for count in (1, 3, 5, 22)],
        "table": error_words.error_sentence(errors.UserError("title-empty")),
        "empty": error_words.error_action(errors.UserError("cancelled")),
        "function": section_words.status_word(section_status.SectionStatus.RETAKE),
        "qt": QApplication.translate("QPlatformTheme", "Cancel"),
    }}), flush=True)
    QApplication.quit()


desk.Desk._after_first_paint = show_and_stop
sys.exit(application.main(["audiodesk"]))
"""


def _started(folder: Path, languages: str) -> dict[str, Any]:
    """Start the window with its resources in ``folder`` for a person with these ``languages``; return what it shows."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(resources=str(folder))],
        env={**os.environ, "LC_ALL": "pl_PL.UTF-8", "LANG": "pl_PL.UTF-8", "LANGUAGE": languages},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    shown: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return shown


@pytest.fixture(scope="module")
def polish(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return resources with a Polish translation: each text in brackets, a plural with the place of its form."""
    folder = tmp_path_factory.mktemp("resources")
    shutil.copytree(resources() / "icons", folder / "icons")
    ts = folder / "audiodesk_pl.ts"
    extract(ts)
    translate(ts, "pl", forms=3, say=lambda text, form: f"⟦{form}:{text}⟧")
    release(ts, folder / "translations" / "audiodesk_pl.qm")
    return folder


def test_a_translation_is_shown_everywhere(polish: Path) -> None:
    shown = _started(polish, "pl")
    assert shown["menus"][0] == "⟦0:&File⟧"
    assert shown["table"] == "⟦0:A title needs at least one character.⟧"
    assert shown["empty"] == ""
    assert shown["function"] == "⟦0:Retake⟧"
    assert shown["qt"] == "Anuluj"
    said = [text for name in ("menus", "actions", "labels", "buttons") for text in shown[name] if _is_said(text)]
    assert len(said) > 100
    assert sorted({text for text in said if "⟦" not in text}) == []


def test_plurals_are_those_of_the_language(polish: Path) -> None:
    """Polish says 1 in one way, 2 to 4 and 22 in another, 5 in a third."""
    forms = [text[:3] for text in _started(polish, "pl")["plurals"]]
    assert forms == ["⟦0:", "⟦1:", "⟦2:", "⟦1:"]


def test_who_prefers_english_reads_english(polish: Path) -> None:
    shown = _started(polish, "en_GB:pl")
    assert shown["menus"][0] == "&File"
    assert shown["qt"] == "Cancel"
    assert shown["plurals"][0] == "1 recording is in the vault that no book knows."
    assert shown["plurals"][1] == "3 recordings are in the vault that no book knows."


def test_the_next_language_is_taken_where_the_first_has_no_translation(polish: Path) -> None:
    assert _started(polish, "de_DE:pl_PL:en")["menus"][0] == "⟦0:&File⟧"


def _is_said(text: str) -> bool:
    return any(letter.isalpha() for letter in text)
