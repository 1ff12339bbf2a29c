"""The synchronizer in a window, over HTTP: what is edited on one computer shows on the other, in place."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from audiodesk.composition import Core, open_core
from audiodesk.composition.account import Account
from audiodesk.desktop.base.single_window import raise_other
from audiodesk.domain.errors import OutsideError
from audiodesk.domain.events import SignedIn
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.sync.state import SyncCode
from audiodesk.domain.words.server.account_words import server_words
from audiodesk.local.rows.store import find_backlog
from audiodesk.system.locks import SyncLock
from audiodesk.views.details.notes_editor import NotesEditor
from tests.desktop.sync.conftest import Computers
from tests.desktop.window import titles, wait
from tests.media.wav import wav
from tests.twin.fault_actions import captive_portal, stall, status
from tests.twin.faults import Fault
from tests.twin.twin import Twin

pytestmark = pytest.mark.slow  # the file as a whole


def server_titles(twin: Twin) -> set[str]:
    with twin.database.connect() as connection:
        return {row[0] for row in connection.execute("select title from audiodesk.project").fetchall()}


def test_an_edit_here_arrives_there_and_one_there_arrives_here(qtbot: QtBot, computers: Computers) -> None:
    studio = computers("studio", window=True)
    laptop = computers("laptop")
    studio.settle()
    assert studio.desk.window.status.connection == "Online"
    project = studio.core.library.add_project("The Salt Road")
    studio.fetch()
    laptop.sync()
    assert [node.title for node in laptop.core.tree.children(None)] == ["The Salt Road"]
    laptop.core.library.rename(project, "The Long Road")
    laptop.sync()
    studio.fetch()
    wait(qtbot, lambda: titles(studio.desk) == ["The Long Road"])


def test_an_edit_travels_without_being_asked(qtbot: QtBot, computers: Computers, twin: Twin) -> None:
    studio = computers("studio", window=True)
    studio.settle()
    studio.core.library.add_project("By itself")
    qtbot.waitUntil(lambda: server_titles(twin) == {"By itself"}, timeout=10_000)


def test_choice_scroll_and_an_open_editor_stay(qtbot: QtBot, computers: Computers) -> None:
    studio = computers("studio", window=True)
    book = studio.core.library.add_project("Book")
    chapters = studio.core.library.add_many(book, [f"Chapter {n}" for n in range(60)])
    studio.settle()
    studio.fetch()
    window, model = studio.desk.window, studio.desk.window.tree_model
    studio.desk.reveal(chapters[40])
    wait(qtbot, lambda: window.tree.current() == chapters[40] and studio.desk.tasks.is_idle)
    bar = window.tree.verticalScrollBar()
    wait(qtbot, lambda: bar.value() > 0)
    place = bar.value()
    laptop = computers("laptop")
    laptop.sync()
    laptop.core.library.rename(chapters[41], "Renamed there")
    laptop.core.library.add_chapter(book.id, "New there")
    laptop.sync()
    window.chosen.edit_title_in_tree(chapters[40])
    editor = window.tree.findChild(QLineEdit)
    assert editor is not None
    editor.setText("Typed he")
    studio.fetch()
    wait(qtbot, lambda: titles(studio.desk, book)[41] == "Renamed there")
    assert titles(studio.desk, book)[60] == "New there"
    assert window.tree.current() == chapters[40]
    assert window.tree.isExpanded(model.index_of(book.id))
    assert bar.value() == place
    assert window.tree.findChild(QLineEdit) is editor
    assert editor.text() == "Typed he"
    QTest.keyClicks(editor, "re")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    wait(qtbot, lambda: titles(studio.desk, book)[40] == "Typed here")


def test_a_remote_trash_of_something_edited_here_comes_back_with_a_notice(qtbot: QtBot, computers: Computers) -> None:
    studio = computers("studio", window=True)
    project = studio.core.library.add_project("Book")
    chapter = studio.core.library.add_chapter(project.id, "The Well")
    studio.settle()
    studio.fetch()
    laptop = computers("laptop")
    laptop.sync()
    studio_waits = SyncLock(studio.core.library_folder)  # a trash that arrives after the edit would stand
    wait(qtbot, studio_waits.acquire)
    laptop.core.library.trash([chapter])
    studio.core.library.rename(chapter, "The Deep Well")
    laptop.sync()
    studio_waits.release()
    studio.fetch()
    wait(qtbot, lambda: "Brought back from the trash" in studio.desk.window.notice.sentence)
    assert "The Deep Well" in studio.desk.window.notice.sentence
    node = studio.core.tree.node(chapter)
    assert node is not None
    assert node.title == "The Deep Well"


def test_offline_is_a_word_and_what_was_done_meanwhile_is_sent(qtbot: QtBot, computers: Computers, twin: Twin) -> None:
    studio = computers("studio", window=True)
    studio.settle()
    twin.stop()
    studio.core.library.add_project("Made offline")
    studio.desk.window.acts.sync_now.trigger()
    wait(qtbot, lambda: studio.is_state(SyncCode.OFFLINE, SyncCode.UNREACHABLE))
    status_bar = studio.desk.window.status
    assert status_bar.connection in ("Offline", "Server not reachable")
    assert studio.desk.window.notice.sentence == ""
    twin.start()
    wait(qtbot, lambda: server_titles(twin) == {"Made offline"})
    wait(qtbot, lambda: status_bar.connection == "Online")


def test_a_black_hole_says_offline_within_five_seconds_and_holds_up_nothing(
    qtbot: QtBot, computers: Computers, twin: Twin
) -> None:
    computers("studio").sync()  # the library is there; the next program of this computer meets a dead network
    planned = twin.faults.add(Fault(stall(), nth="every"))
    began = time.monotonic()
    studio = computers("studio", window=True)
    shown = time.monotonic() - began
    wait(qtbot, lambda: studio.desk.window.status.connection == "Offline")
    assert time.monotonic() - began < shown + 5
    project = studio.core.library.add_project("Made meanwhile")
    wait(qtbot, lambda: titles(studio.desk) == ["Made meanwhile"])
    assert project.entity is Entity.PROJECT
    began = time.monotonic()
    studio.desk.close()
    studio.core.close()
    assert time.monotonic() - began < 3
    planned.release()


@pytest.mark.parametrize("path", ["/auth/v1/token", "sync_push", "sync_pull", "device_seen"])
def test_the_window_closes_within_three_seconds_in_every_phase(computers: Computers, twin: Twin, path: str) -> None:
    computers("studio", fill=lambda core: core.library.add_project("Book"))
    planned = twin.faults.add(Fault(stall(), path=path, nth="every"))
    leaving = twin.faults.add(Fault(stall(), path="/auth/v1/logout", nth="every"))
    studio = computers("studio", window=True)
    twin.faults.wait_for(lambda records: any(path in record.path for record in records), 20)
    began = time.monotonic()
    studio.desk.window.close()
    studio.core.close()
    assert time.monotonic() - began < 3
    planned.release()
    leaving.release()


def test_the_local_back_end_sends_nothing(qtbot: QtBot, computers: Computers, twin: Twin) -> None:
    computers("studio").sync()
    count = len(twin.faults.log)
    studio = computers("studio", window=True, STORAGE_BACKEND="local")
    wait(qtbot, lambda: studio.is_state(SyncCode.OFF))
    studio.core.library.add_project("Stays here")
    studio.desk.window.acts.sync_now.trigger()
    wait(qtbot, lambda: titles(studio.desk) == ["Stays here"])
    wait(qtbot, lambda: studio.desk.tasks.is_idle)
    assert studio.desk.window.status.connection == "On this computer"
    facts = studio.desk.workbench.account.facts
    assert facts is not None
    assert facts.is_signed_in
    assert server_words(facts).endswith(" · nothing is sent, the library is kept on this computer only")
    assert len(twin.faults.log) == count


def test_the_front_wakes_it(computers: Computers, monkeypatch: pytest.MonkeyPatch) -> None:
    studio = computers("studio", window=True)
    studio.settle()
    woken: list[bool] = []
    account = studio.desk.workbench.sync.account
    assert account is not None
    monkeypatch.setattr(account.synchronizer, "came_to_front", lambda: woken.append(True))
    application = QGuiApplication.instance()
    assert isinstance(application, QGuiApplication)
    application.applicationStateChanged.emit(Qt.ApplicationState.ApplicationInactive)
    assert woken == []
    application.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)
    assert woken == [True]


def test_a_library_without_an_account_has_no_sync(qtbot: QtBot, computers: Computers, twin: Twin) -> None:
    count = len(twin.faults.log)
    nobody = dict.fromkeys(("AUDIODESK_EMAIL", "AUDIODESK_PASSWORD", "SUPABASE_URL", "SUPABASE_ANON_KEY"), "")
    studio = computers("studio", window=True, **{**nobody, "STORAGE_BACKEND": "local"})
    assert not studio.desk.window.acts.sync_now.isEnabled()
    assert studio.desk.workbench.sync.account is None
    assert studio.desk.window.status.connection == "On this computer"
    assert len(twin.faults.log) == count


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (status(540, {"message": "paused"}), "Server needs its operator"),
        (status(503, {"message": "busy"}), "Server busy"),
        (captive_portal(), "Blocked by the network"),
    ],
)
def test_the_word_says_who_must_act(qtbot: QtBot, computers: Computers, twin: Twin, answer: object, word: str) -> None:
    computers("studio").sync()
    twin.faults.add(Fault(answer, path="/rest/v1/", nth="every"))  # type: ignore[arg-type]
    studio = computers("studio", window=True)
    wait(qtbot, lambda: studio.desk.window.status.connection in (word, "Offline"))
    assert studio.desk.window.status.connection == word


def test_signed_out_is_a_word_and_work_goes_on(qtbot: QtBot, computers: Computers) -> None:
    computers("studio").sync()
    studio = computers("studio", window=True, AUDIODESK_EMAIL="", AUDIODESK_PASSWORD="")
    wait(qtbot, lambda: studio.desk.window.status.connection == "Signed out")
    project = studio.core.library.add_project("Work goes on")
    wait(qtbot, lambda: titles(studio.desk) == ["Work goes on"])
    assert studio.core.tree.node(Ref(Entity.PROJECT, project.id)) is not None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
@pytest.mark.parametrize("path", ["/auth/v1/token", "sync_push", "sync_pull"])
def test_the_program_ends_with_code_0_within_three_seconds(
    qtbot: QtBot, user_environ: dict[str, str], twin: Twin, path: str
) -> None:
    environ = {**os.environ, **user_environ}
    with open_core(environ, face="command") as core:  # the library is there, with an edit to send
        core.library.add_project("Book")
        library = core.library_folder
    planned = twin.faults.add(Fault(stall(), path=path, nth="every"))
    leaving = twin.faults.add(Fault(stall(), path="/auth/v1/logout", nth="every"))
    program = subprocess.Popen([sys.executable, "-m", "audiodesk"], env=environ, stderr=subprocess.PIPE)
    try:
        assert raise_other(library, milliseconds=30_000)  # the window is complete
        twin.faults.wait_for(lambda records: any(path in record.path for record in records), 20)
        began = time.monotonic()
        program.send_signal(signal.SIGTERM)
        _, said = program.communicate(timeout=30)
        assert program.returncode == 0
        assert b"Traceback" not in said
        assert time.monotonic() - began < 3
    finally:
        planned.release()
        leaving.release()
        if program.poll() is None:
            program.kill()
            program.wait()


def test_table_and_details_are_updated_in_place_while_notes_are_typed(
    qtbot: QtBot, computers: Computers, tmp_path: Path
) -> None:
    laptop = computers("laptop")
    library = laptop.core.library
    section = library.add_section(library.add_chapter(library.add_project("Book").id, "1").id, "Dawn")
    for name, seconds in (("one.wav", 2.0), ("two.wav", 3.0)):
        path = wav(tmp_path / name, seconds=seconds)
        laptop.core.importer.import_files(laptop.core.planner.plan([str(path)], section))
    laptop.sync()
    studio = computers("studio", window=True)
    studio.settle()
    desk, window = studio.desk, studio.desk.window
    desk.reveal(section)
    wait(qtbot, lambda: window.centre.ref == section and desk.tasks.is_idle)
    takes = {row.take.file_name: row.take.id for row in studio.core.catalogue.takes(section.id)}
    window.centre.takes.choose([takes["one.wav"]])  # not the current one
    wait(qtbot, lambda: desk.tasks.is_idle and window.details.take.isVisible())
    window.activateWindow()
    wait(qtbot, window.isActiveWindow)
    editor = window.details.take.findChild(NotesEditor)
    assert editor is not None
    editor.setFocus()
    QTest.keyClicks(editor, "Half a sen")
    third = wav(tmp_path / "three.wav", seconds=4.0)
    laptop.core.importer.import_files(laptop.core.planner.plan([str(third)], section))
    library.rename(Ref(Entity.TAKE, takes["one.wav"]), "The calm one")
    laptop.sync()
    studio.fetch()
    model = window.centre.take_model
    wait(qtbot, lambda: model.rowCount() == 3)
    wait(qtbot, lambda: desk.tasks.is_idle)
    assert [ref.id for ref in window.centre.takes.chosen()] == [takes["one.wav"]]
    details = window.details.take
    wait(qtbot, lambda: details._details is not None and details._details.row.take.title == "The calm one")
    assert editor.hasFocus()
    assert editor.toPlainText() == "Half a sen"
    QTest.keyClicks(editor, "tence")
    window.tree.setFocus()
    wait(
        qtbot,
        lambda: (
            next(row.take.notes for row in studio.core.catalogue.takes(section.id) if row.take.id == takes["one.wav"])
            == "Half a sentence"
        ),
    )


def test_a_sign_in_begins_the_sync_without_a_restart(qtbot: QtBot, computers: Computers, twin: Twin) -> None:
    computers("studio").sync()
    studio = computers("studio", window=True, AUDIODESK_EMAIL="", AUDIODESK_PASSWORD="")
    wait(qtbot, lambda: studio.desk.window.status.connection == "Signed out")
    studio.core.library.add_project("Made signed out")
    program = studio.core.program
    program.environ = {
        **program.environ,
        "AUDIODESK_EMAIL": "anna@example.org",
        "AUDIODESK_PASSWORD": "secret-of-anna",
    }
    program.bus.publish(SignedIn("anna@example.org"))
    wait(qtbot, lambda: studio.desk.window.status.connection == "Online")
    wait(qtbot, lambda: server_titles(twin) == {"Made signed out"})


def test_a_window_makes_findable_what_a_killed_first_sync_left(qtbot: QtBot, computers: Computers) -> None:
    """Also without the server."""

    def fill(core: Core) -> None:
        core.library.add_project("Ferry")
        core.database.write(lambda connection: connection.execute("delete from findable"))
        core.database.write(find_backlog.fall_behind)
        assert core.catalogue.find("ferry") == []

    studio = computers("studio", window=True, fill=fill, STORAGE_BACKEND="local")
    wait(qtbot, lambda: [hit.title for hit in studio.core.catalogue.find("ferry")] == ["Ferry"])


def test_what_syncs_is_loaded_again_after_this_computers_own_trouble(
    qtbot: QtBot, computers: Computers, monkeypatch: pytest.MonkeyPatch
) -> None:
    computers("studio")  # makes the account's library
    sign_in, failures = Core.sign_in, [OutsideError("disk-full")]

    def fails_once(core: Core) -> Account:
        if failures:
            raise failures.pop()
        return sign_in(core)

    monkeypatch.setattr(Core, "sign_in", fails_once)
    studio = computers("studio", window=True)
    sync = studio.desk.workbench.sync
    wait(qtbot, sync._again.isActive)
    assert sync.account is None
    sync._again.setInterval(0)
    studio.settle()
    assert sync.account is not None
