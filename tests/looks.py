"""Puts the program into each of its states and saves the pictures: ``python -m tests.looks FOLDER [NAME…]``.

Each size, scheme and scale is a process of its own over the same real book; with names only these pictures are made.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPoint, Qt, QTranslator, QUrl
from PySide6.QtGui import QFont, QFontDatabase, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from audiodesk.audio.picture import cover_of
from audiodesk.composition import Core, open_core
from audiodesk.desktop.desk import Desk
from audiodesk.desktop.start.application import prepare
from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.events import RecordingsFound
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref, TreeNode
from audiodesk.local.file_copy import copy_file
from audiodesk.views.dialogs.trash_dialog import TrashDialog
from audiodesk.views.parts import theme
from tests import media
from tests.dragging import hold_over
from tests.looks_account import pictures as account_pictures
from tests.looks_book import ARABIC_TITLE, LONG_TITLE, make_book, speech
from tests.media.pictures import picture

_WAYS = {
    "light": ("light", 1.0, (1440, 900), False),
    "dark": ("dark", 1.0, (1440, 900), False),
    "small": ("light", 1.0, (1280, 720), False),
    "fine": ("light", 2.0, (1280, 720), False),
    "fine-dark": ("dark", 2.0, (1280, 720), False),
    "long": ("light", 1.0, (1280, 720), True),
}
"""Name: scheme, scale, size of the window in its own pixels, texts as long as German ones."""


class Longer(QTranslator):
    """Makes every text 40 % longer, as German makes it."""

    def translate(self, _context: str, text: str, _comment: str | None = None, _count: int = -1) -> str:
        """Return ``text`` with letters added at its end; what stands in braces stays."""
        added = round(len(text) * 0.4)
        return f"{text.rstrip('…')}{' längerer Zusatz nebenbei' * 9}"[: len(text) + added] + (
            "…" if "…" in text else ""
        )

    def isEmpty(self) -> bool:  # noqa: N802 - Qt's name
        """Return False: it has words for everything."""
        return False


class Studio:
    """One window and its library, and what brings it into a state."""

    def __init__(self, core: Core, desk: Desk, folder: Path, prefix: str, wanted: set[str]) -> None:
        self.core, self.desk, self.folder, self.prefix, self.wanted = core, desk, folder, prefix, wanted
        self.work = core.library_folder.parent / "recordings"

    def settle(self, seconds: float = 0.25) -> None:
        """Wait until nothing is asked for any more, and a little longer for timers."""
        quiet = time.monotonic() + seconds
        latest = time.monotonic() + 15
        while time.monotonic() < min(quiet, latest):
            QApplication.processEvents()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            time.sleep(0.002)
            if not self.desk.tasks.is_idle:
                quiet = time.monotonic() + seconds

    def shoot(self, name: str, over: QWidget | None = None) -> None:
        """Save the window, with ``over`` (a dialog or a menu) laid over its middle."""
        if self.wanted and name not in self.wanted:
            return
        self.settle()
        picture = self.desk.window.grab()
        if over is not None:
            top = over.grab()
            painter = QPainter(picture)
            window = self.desk.window.size()
            place = QPoint((window.width() - over.width()) // 2, max(0, (window.height() - over.height()) // 2))
            painter.fillRect(picture.rect(), Qt.GlobalColor.transparent)
            painter.drawPixmap(place, top)
            painter.setPen(theme.colors().of("muted"))
            painter.drawRect(place.x(), place.y(), over.width(), over.height())
            painter.end()
        self.folder.mkdir(parents=True, exist_ok=True)
        image: QImage = picture.toImage()
        image.save(str(self.folder / f"{self.prefix}-{name}.png"))

    def node(self, title: str, parent: Ref | None = None) -> TreeNode:
        """Return the project, chapter or section with this title."""
        for node in self.core.catalogue.children(parent):
            if node.title == title:
                return node
            if node.ref.entity is not Entity.SECTION:
                try:
                    return self.node(title, node.ref)
                except LookupError:
                    continue
        raise LookupError(title)

    def choose(self, title: str) -> None:
        """Choose a row of the tree."""
        self.desk.reveal(self.node(title).ref)
        self.settle()

    def drag_over(self, title: str, path: Path) -> None:
        """Hold a file over a row of the tree, as the file manager does."""
        tree = self.desk.window.tree
        index = self.desk.window.tree_model.index_of(self.node(title).ref.id)
        place = tree.visualRect(index).center()
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        hold_over(tree.viewport(), place, data, Qt.DropAction.CopyAction)
        self.settle()

    def dialog(self, name: str, open_it: Callable[[], object]) -> None:
        """Open a dialog, save it, and close it."""
        open_it()
        self.settle()
        shown = self.desk.dialogs.dialog
        if shown is not None:
            self.shoot(name, shown)
            shown.reject()
            self.settle()


def tour(studio: Studio) -> None:
    """Go through all states of a library that holds a book."""
    desk, window = studio.desk, studio.desk.window
    window.acts.expand_all.trigger()
    studio.settle()
    studio.choose("The Salt Road")
    studio.shoot("project")
    studio.choose("2 · The River")
    studio.shoot("chapter")
    studio.choose("2.4 Toll")
    studio.shoot("empty-section")
    studio.choose("2.3 The Ferry")
    studio.shoot("section")
    window.player.show_playing(is_playing=True)
    window.player.show_position(21.5)
    window.player.show_rate(1.25)
    studio.shoot("playing")
    window.player.show_playing(is_playing=False)
    window.player.show_trouble("No sound device was found. Connect headphones or loudspeakers. Everything else works.")
    studio.shoot("no-sound")
    window.player.show_trouble("")
    studio.drag_over("2.4 Toll", speech(studio.work / "toll.wav", 3.0))
    studio.shoot("drag")
    QApplication.sendEvent(window.tree.viewport(), QEvent(QEvent.Type.DragLeave))
    window.head.field.setText("fer")
    studio.shoot("search")
    window.head.field.clear()
    studio.settle()
    dialogs = desk.dialogs
    studio.dialog("settings", dialogs.open_settings)
    studio.dialog("keys", dialogs.open_keys)
    book = studio.node("The Salt Road").ref
    cover = cover_of(str(picture(studio.work / "cover.png")))
    studio.core.library.set_cover(book.id, cover.mime, cover.data)
    studio.dialog("properties", lambda: dialogs.open_properties(book))
    studio.choose("2.4 Toll")
    studio.dialog("move", dialogs.open_move)
    studio.dialog("many-chapters", dialogs.open_many)
    studio.choose(LONG_TITLE)
    studio.shoot("long-title")
    studio.choose(ARABIC_TITLE)
    studio.shoot("arabic")
    preview(studio)
    imports(studio)
    studio.core.library.trash([studio.node("4 · The Price of Water").ref])
    studio.settle()
    studio.dialog("trash", dialogs.open_trash)
    trash_question(studio)
    found(studio)
    for name, widget in account_pictures(window):
        studio.shoot(name, widget)
        widget.close()


def trash_question(studio: Studio) -> None:
    """Show what is asked before the trash is emptied."""
    studio.desk.dialogs.open_trash()
    studio.settle()
    dialog = studio.desk.dialogs.dialog
    if isinstance(dialog, TrashDialog):
        dialog.empty_button.click()
        studio.shoot("trash-question", dialog)
        dialog.reject()
        studio.settle()


def found(studio: Studio) -> None:
    """Show recordings that no book knows: the notice at the start, and the dialog behind it."""
    lose(
        studio.core,
        [speech(studio.work / "lost" / f"{number}.wav", 2.0 + number, seed=900 + number) for number in range(3)],
    )
    studio.core.bus.publish(RecordingsFound(len(studio.core.found.files())))
    studio.shoot("found-notice")
    controller = studio.desk.workbench.found
    controller.open()
    studio.settle()
    if controller.dialog is not None:
        studio.shoot("found", controller.dialog)
        controller.dialog.reject()
        studio.settle()


def lose(core: Core, paths: list[Path]) -> None:
    """Put recordings into the vault without rows."""
    for path in paths:
        name = core.vault.new_temporary_name()
        copied = copy_file(str(path), core.vault.temporary(name))
        core.vault.adopt(name, copied.sha256, Kind.WAV, copied.size)


def preview(studio: Studio) -> None:
    """Show which file would become which section."""
    files = [speech(studio.work / "drop" / f"{name}.wav", 1.0) for name in ("4.3 Weights", "4.4 The well", "4.10 Rain")]
    studio.desk.imports.drop(studio.node("4 · The Price of Water").ref, [str(path) for path in files])
    studio.settle()
    if (dialog := studio.desk.imports.preview) is not None:
        studio.shoot("preview", dialog)
        dialog.reject()
        studio.settle()


def imports(studio: Studio) -> None:
    """Show an import under way, and what of it could not be added."""
    section = studio.node("3.4 Brine").ref
    whole = media.wav(studio.work / "brine cut short.wav", seconds=20.0)
    whole.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    page = studio.work / "brine.mp3"
    page.write_bytes(b"<!DOCTYPE html><html><body>Sign in</body></html>")
    good = [speech(studio.work / f"brine_{number}.wav", 20.0, seed=number) for number in range(3)]
    studio.desk.imports.drop(section, [str(path) for path in (*good, whole, page)])
    end = time.monotonic() + 5
    while time.monotonic() < end and not studio.core.importer.progress():
        QApplication.processEvents()
    QApplication.processEvents()
    studio.desk.window.show_transfers(is_shown=True)
    studio.settle(0.1)
    studio.shoot("importing")
    end = time.monotonic() + 60
    while time.monotonic() < end and len(studio.desk.window.transfers.refused_names()) < 2:
        QApplication.processEvents()
    studio.settle(0.5)
    studio.choose("3.4 Brine")
    studio.desk.window.show_transfers(is_shown=True)
    studio.shoot("refused")
    studio.desk.window.show_transfers(is_shown=False)


def main(arguments: list[str]) -> int:
    """Make the pictures in the folder ``arguments[0]``; the rest are names of pictures."""
    if not arguments:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    if arguments[0] == "--one":
        return one(arguments[1], Path(arguments[2]), set(arguments[3:]))
    with tempfile.TemporaryDirectory() as home:
        environ = {**os.environ, "AUDIODESK_HOME": f"{home}/book"}
        environ |= {f"XDG_{name}_HOME": f"{home}/{name.lower()}" for name in ("CONFIG", "STATE", "CACHE")}
        with open_core(environ, face="command") as core:
            make_book(core, Path(home) / "recordings")
        failed = 0
        for way, (_scheme, scale, _size, _longer) in _WAYS.items():
            for empty in (True, False):
                own = {**environ, "QT_SCALE_FACTOR": str(scale), "AUDIODESK_LOOKS_EMPTY": str(int(empty))}
                target = Path(home) / f"{way}-{int(empty)}"
                if not empty:
                    subprocess.run(["cp", "-r", f"{home}/book", str(target)], check=True)
                own["AUDIODESK_HOME"] = str(target)
                own["XDG_CONFIG_HOME"] = str(target / "config")
                command = [sys.executable, "-m", "tests.looks", "--one", way, *arguments]
                failed += subprocess.run(command, env=own, check=False).returncode != 0
    return 1 if failed else 0


def one(way: str, folder: Path, wanted: set[str]) -> int:
    """Make the pictures of one way of looking, in this process."""
    scheme, _scale, size, longer = _WAYS[way]
    application = QApplication(["looks"])
    if "Inter" in QFontDatabase.families():  # the font of the design, or else the system's own
        font = QFont("Inter")
        font.setPixelSize(13)
        application.setFont(font)
    looks = prepare(application)
    looks.choose("dark" if scheme == "dark" else "light")
    translator = Longer(application)
    if longer:
        application.installTranslator(translator)
    with open_core(face="window") as core:
        desk = Desk(core, looks)
        studio = Studio(core, desk, folder, way, wanted)
        desk.show()
        looks.choose("dark" if scheme == "dark" else "light")
        desk.window.resize(*size)
        until_started(desk)
        studio.settle(0.5)
        if os.environ.get("AUDIODESK_LOOKS_EMPTY") == "1":
            studio.shoot("first-run")
        else:
            tour(studio)
        desk.close()
    return 0


def until_started(desk: Desk) -> None:
    """Wait for what begins after the first paint."""
    end = time.monotonic() + 10
    while not desk.is_started and time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.002)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
