"""Makes translations of the whole program with Qt's own tools, as a translator would."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from tests.sentences import PACKAGE

__all__ = ["Message", "extract", "messages", "release", "translate"]


class Message(NamedTuple):
    """One text of a translation file."""

    context: str
    text: str
    comment: str | None
    has_number: bool


def extract(ts: Path) -> str:
    """Let ``lupdate`` write all texts of the program into the new file ``ts``; return what it said."""
    return _run("pyside6-lupdate", "-extensions", "py", str(PACKAGE), "-ts", str(ts))


def messages(ts: Path) -> list[Message]:
    """Return the texts in ``ts``."""
    return [
        Message(
            context.findtext("name", ""),
            message.findtext("source", ""),
            message.findtext("comment"),
            message.get("numerus") == "yes",
        )
        for context in ElementTree.parse(ts).iter("context")
        for message in context.iter("message")
    ]


def translate(ts: Path, language: str, forms: int, say: Callable[[str, int], str]) -> None:
    """Fill in all translations: ``say`` gets a text and the place of its form; a language has ``forms`` of plurals."""
    tree = ElementTree.parse(ts)
    tree.getroot().set("language", language)
    for message in tree.iter("message"):
        text, translation = message.findtext("source", ""), message.find("translation")
        assert translation is not None
        translation.clear()
        if message.get("numerus") == "yes":
            for form in range(forms):
                ElementTree.SubElement(translation, "numerusform").text = say(text, form)
        else:
            translation.text = say(text, 0)
    tree.write(ts, encoding="utf-8", xml_declaration=True)


def release(ts: Path, qm: Path) -> None:
    """Let ``lrelease`` make the file that the program loads; its folder is made."""
    qm.parent.mkdir(parents=True, exist_ok=True)
    _run("pyside6-lrelease", str(ts), "-qm", str(qm))


def _run(name: str, *arguments: str) -> str:
    program = shutil.which(name, path=sysconfig.get_path("scripts"))
    assert program is not None, f"{name} comes with PySide6"
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=True, timeout=120)
    return done.stdout + done.stderr
