"""Each of the ten states, made from rows, appears in tree, table, details, status bar and `tree --json`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from typing import NamedTuple

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from audiodesk.cli.frame.program import main
from audiodesk.composition import Core
from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.library.entities import Take, TakeFile
from audiodesk.local.rows.store import fact_repo
from audiodesk.local.rows.store.edited_rows import EditedRows
from audiodesk.services.library import take_choice
from audiodesk.services.uploading.uploader import Uploader
from audiodesk.views.centre.node_model import NodeColumn
from audiodesk.views.centre.take_model import TakeColumn
from audiodesk.views.tree.tree_delegate import row_signs
from tests.desktop.window import Book, open_desk, wait

_VERIFIED = "update take_file set verified_at = 1700000000000, verified_how = 'safe'"
_UPLOAD = "insert into upload (take_file_id, asked_at, position, {}) select id, 0, 1, {} from take_file"


class Case(NamedTuple):
    """The rows that make a state, and the words that show it."""

    code: str
    statements: tuple[str, ...]
    text: str
    parent: str
    """What is said of the section."""
    icon: str
    reason: str | None = None
    sentence: str = "0 of 1 takes safe"
    """How the status bar's sentence begins."""
    takes: int = 1
    has_account: bool = True


def _upload(columns: str, values: str) -> tuple[str, ...]:
    return (_UPLOAD.format(columns, values),)


_GONE = "delete from vault_file"
CASES = [
    Case("conflict", (), "2 new takes – choose", "3 takes, 2 wait for your choice", "split",
         sentence="3 takes, 2 wait for your choice", takes=3),
    Case("needs_user", ("update vault_file set fault = 'damaged', fault_at = 1",),
         "Needs you – its file on this computer is damaged", "1 take on this computer, 1 needs you", "triangle-alert",
         "file_damaged", "1 take; the audio of 1 is missing or damaged"),
    Case("needs_user", _upload("reason, reason_params", "'over_quota', '{\"over\": 39845888}'"),
         "Needs you – over quota by 38.0 MB", "0 of 1 safe, 1 needs you", "triangle-alert", "over_quota"),
    Case("retry", _upload("reason, retry_at", "'server_busy', 32000000000000"),
         " s – server busy", "0 of 1 safe, 1 will be tried again", "rotate-ccw", "server_busy"),
    Case("paused", _upload("paused_by", "'by_user'"), "Paused – by you", "0 of 1 safe, 1 paused", "pause", "by_user"),
    Case("uploading", _upload("address, offset_bytes", "'https://x.test/1', size / 4"), "Uploading 25 %",
         "0 of 1 safe, 1 uploading", "arrow-up"),
    Case("verifying", _upload("address, offset_bytes", "'https://x.test/1', size"), "Checking copy",
         "0 of 1 safe, 1 being checked", "search"),
    Case("waiting", _upload("reason_params", "'{}'"), "Waiting (1st)", "0 of 1 safe, 1 waiting", "clock"),
    Case("waiting", (_GONE,), "On another computer – not uploaded yet", "1 take, 1 on another computer", "clock",
         "elsewhere", "1 take, 1 on another computer"),
    Case("local", ("update take set upload_wanted = 0",), "Not uploaded, as you chose", "0 of 1 safe", "hard-drive",
         "not_uploaded_by_choice"),
    Case("local", (), "On this computer", "", "", sentence="1 take, on this computer"),
    Case("local", (), "On this computer", "", "", sentence="1 take, on this computer", has_account=False),
    Case("remote", (_VERIFIED, _GONE), "Safe in cloud – fetched when played", "1 of 1 safe", "cloud",
         sentence="1 take, safe · last: dawn.wav, "),
    Case("safe", (_VERIFIED,), "Safe · ", "1 of 1 safe", "check", sentence="1 take, safe · last: dawn.wav, "),
]  # fmt: skip


def _add_takes(core: Core, book: Book, case: Case) -> None:
    """Add takes as computers of one account would: of three, two come from different ones in place of the first."""

    def work(connection: sqlite3.Connection) -> None:
        if case.has_account:
            fact_repo.remember(connection, fact_repo.ACCOUNT, "somebody")
        rows = EditedRows(connection, core.program.clock())
        section = book.sections[0].id
        for number in range(case.takes):
            take_id, digest = f"take-{number}", f"{number:064x}"
            rows.create(
                Take(
                    id=take_id,
                    order_key=f"a{number}",
                    section_id=section,
                    file_name="dawn.wav",
                    created_at=core.program.clock(),
                    device_id=f"computer {number}",
                )
            )
            rows.create(
                TakeFile(
                    id=f"file-{number}",
                    order_key="a0",
                    take_id=take_id,
                    sha256=digest,
                    size=1000,
                    kind=Kind.WAV,
                    seconds=10.0,
                    sample_rate=44_100,
                    channels=1,
                )
            )
            connection.execute(
                "insert into vault_file (sha256, kind, size, since) values (?, 'wav', 1000, 0)", [digest]
            )
            take_choice.choose(rows, section, take_id)
        connection.execute("update take set replaces_take_id = 'take-0' where id <> 'take-0'")
        for statement in case.statements:
            connection.execute(statement)

    core.database.write(work)


def _tree_document(capsys: pytest.CaptureFixture[str]) -> dict[str, str | None]:
    """Return the newest take of `tree --json`."""
    capsys.readouterr()
    assert main(["tree", "--json"]) == 0
    (project,) = json.loads(capsys.readouterr().out)["projects"]
    return dict(project["chapters"][0]["sections"][0]["takes"][-1])


def _details(view: object) -> list[str]:
    return [label.text() for label in view.findChildren(QLabel)]  # type: ignore[attr-defined]  # any widget


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.reason or 'plain'}-{case.has_account}")
def test_a_state_follows_from_rows_and_shows_everywhere(
    case: Case, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STORAGE_BACKEND", "supabase")
    monkeypatch.setattr(Uploader, "start", lambda _: None)  # the rows are those that a working one leaves
    books: list[Book] = []

    def fill(core: Core) -> None:
        books.append(Book(core))
        _add_takes(core, books[0], case)

    with open_desk(qtbot, fill) as (_core, desk):
        window, book = desk.window, books[0]
        section, chapter = book.sections[0], book.chapters[0]
        looks: Callable[[], str] = lambda: window.status.text  # noqa: E731 - what is waited for
        wait(qtbot, lambda: looks().startswith(case.sentence.replace("of 1 takes", "of 1 take")))

        desk.reveal(chapter)
        wait(qtbot, lambda: window.centre.node_model.rowCount() == 2)
        model = window.centre.node_model
        assert model.index(0, NodeColumn.STATE).data() == case.parent
        assert window.centre.nodes.isColumnHidden(NodeColumn.STATE) is not bool(case.parent)

        desk.reveal(section)
        wait(qtbot, lambda: window.centre.take_model.rowCount() == case.takes)
        shown = str(window.centre.take_model.index(0, TakeColumn.STATE).data())
        assert case.text in shown
        wait(qtbot, lambda: any(case.text in text for text in _details(window.details)))

        for ref in (section, chapter, book.project):
            node = window.tree_model.node_of(ref.id)
            assert node is not None
            icons = [icon for icon, _tone in row_signs(node)]
            assert icons == ([case.icon] if case.icon else [])
            tooltip = window.tree_model.index_of(ref.id).data(Qt.ItemDataRole.ToolTipRole)
            spoken = window.tree_model.index_of(ref.id).data(Qt.ItemDataRole.AccessibleTextRole)
            assert case.parent in tooltip
            assert case.parent in spoken
    document = _tree_document(capsys)
    assert (document["state"], document["reason"]) == (case.code, case.reason)


def test_there_is_a_case_for_each_of_the_ten() -> None:
    from audiodesk.domain.library.states import StateCode

    assert {case.code for case in CASES} == {code.value for code in StateCode}
