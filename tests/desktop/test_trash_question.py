"""The question before something is removed for good: its numbers, its answers, and reaching them by Tab."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from audiodesk.composition import Core
from audiodesk.domain.library.listings import TrashLoss
from audiodesk.views.dialogs.trash_dialog import TrashDialog
from tests.desktop.window import Book, open_desk, wait
from tests.views.samples import trashed

_MONTH = 31 * 86_400_000


def test_one_thing_is_kept_as_one_and_tab_reaches_both_answers(qtbot: QtBot) -> None:
    books: list[Book] = []
    with open_desk(qtbot, lambda core: books.append(Book(core))) as (core, desk):
        core.library.trash([books[0].chapters[0]])
        desk.window.acts.open_trash.trigger()
        dialog = desk.dialogs.dialog
        assert isinstance(dialog, TrashDialog)
        wait(qtbot, lambda: dialog.model.rowCount() == 1 and dialog.isActiveWindow())
        dialog.empty_button.click()
        sure = dialog._sure
        assert sure.isVisible()
        assert dialog.sentence.text() == "1 thing"
        assert sure.text.text() == "1 thing without takes would be gone; this cannot be undone."
        assert sure.no_button.text() == "Keep it"
        assert QApplication.focusWidget() is sure.no_button
        seen = []
        for _ in range(8):
            QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
            focused = dialog.focusWidget()
            seen.append(focused.text() if isinstance(focused, QPushButton) else "table")
        assert seen[:5] == ["Empty trash…", "Close", "Restore", "table", "Remove for good"]
        assert seen[5] == "Keep it"
        sure.no_button.click()
        assert not sure.isVisible()
        dialog.reject()


def test_the_question_counts_what_is_lost_on_another_computer(qtbot: QtBot) -> None:
    dialog = TrashDialog()
    qtbot.addWidget(dialog)
    dialog.show_items([trashed()], TrashLoss(1024, 1))
    dialog.show()
    dialog.empty_button.click()
    assert "1 take has its only audio on another computer; it is lost there too." in dialog._sure.text.text()
    dialog.show_items([trashed()], TrashLoss(1024, 0))
    dialog.empty_button.click()
    assert "another computer" not in dialog._sure.text.text()


def test_returning_to_the_previous_take_is_offered_only_where_there_is_one(qtbot: QtBot) -> None:
    books: list[Book] = []
    with open_desk(qtbot, lambda core: books.append(Book(core))) as (_, desk):
        section = books[0].sections[0]
        desk.reveal(section)
        wait(qtbot, lambda: desk.window.centre.ref == section and desk.tasks.is_idle)
        assert not desk.window.acts.previous_take.isEnabled()


def test_the_reminder_of_a_full_trash_goes_away_with_what_it_speaks_of(qtbot: QtBot) -> None:
    def fill(core: Core) -> None:
        core.library.trash([Book(core).chapters[0]])
        core.database.write(
            lambda connection: connection.execute(
                "update chapter set deleted_at = ? where deleted_at is not null", (core.program.clock() - _MONTH,)
            )
        )

    with open_desk(qtbot, fill) as (core, desk):
        notice = desk.window.notice
        wait(qtbot, lambda: notice.sentence == "1 thing has been in the trash for more than 30 days.")
        core.library.restore([item.ref for item in core.catalogue.trash()])
        wait(qtbot, lambda: notice.sentence == "")
