"""The account page of the centre: whose library this is, its computers, and what happened."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from audiodesk.domain import words
from audiodesk.domain.server.account import AccountFacts, ComputerLine
from audiodesk.domain.sync.activity_line import ActivityAct, ActivityKind, ActivityLine
from audiodesk.domain.words import formats
from audiodesk.domain.words.server.account_words import plan_words, platform_name, server_words, sign_in_words
from audiodesk.views.account.account_acts import AccountActs
from audiodesk.views.account.line_list import LineList
from audiodesk.views.account.line_row import Line, LineCell
from audiodesk.views.details.fact_table import FactTable
from audiodesk.views.parts.filter_button import FilterButton
from audiodesk.views.parts.head_line import HeadLine
from audiodesk.views.parts.labels import heading, muted, title
from audiodesk.views.parts.links import link_button
from audiodesk.views.parts.theme import Role, scaled
from audiodesk.views.parts.times import day, hour_moment, moment, short_moment

__all__ = ["AccountPage"]

_SIGNS: dict[ActivityKind, tuple[str, Role]] = {
    ActivityKind.ADDED: ("plus", "text"),
    ActivityKind.CHANGED: ("pencil", "text"),
    ActivityKind.CONFLICT: ("split", "attention"),
    ActivityKind.REFUSED: ("triangle-alert", "attention"),
    ActivityKind.BROUGHT_BACK: ("undo-2", "text"),
    ActivityKind.EMPTIED: ("trash-2", "text"),
    ActivityKind.LOOKED: ("eye", "text"),
    ActivityKind.SYNCED: ("refresh-cw", "text"),
}
_ACTS: dict[ActivityAct, str] = {
    ActivityAct.SHOW: words.QT_TR_NOOP("Show"),
    ActivityAct.CHOOSE: words.QT_TR_NOOP("Choose"),
    ActivityAct.RETRY: words.QT_TR_NOOP("Try again"),
    ActivityAct.COPY: words.QT_TR_NOOP("Copy"),
}
_PAGE = 100
"""Lines that are shown at first, and that are added by each press of "Older"."""
_SIDE = 24
_COMPUTER_WIDTHS = (250, 90, 160)


class AccountPage(QScrollArea):
    """Shows what it is told; its acts are those of the button's menu.

    Signals:
        act_requested: a line's act was pressed (str id, ActivityAct).
        rename_requested: this computer should get another name (nothing).
    """

    act_requested = Signal(str, object)
    rename_requested = Signal()

    def __init__(self, acts: AccountActs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[ActivityLine, ...] = ()
        self._has_account = False
        self._most = _PAGE
        self.setWidgetResizable(True)
        self.setAccessibleName(words.tr("Account"))
        self._whether = muted()
        self._title = title()
        self._facts = FactTable(name_width=96)
        self._computers_title = heading(words.tr("Computers"))
        names = (words.tr("Name"), words.tr("System"), words.tr("Last sync"))
        self.computers = LineList(words.tr("Computers"), list(zip(names, _COMPUTER_WIDTHS, strict=True)))
        self.activity = LineList(words.tr("Activity"))
        self._nothing = muted(wrapped=True)
        self._filters = QButtonGroup(self)
        self.all = self._filter(words.tr("All"))
        self.elsewhere = self._filter(words.tr("From other computers"))
        self.refused = self._filter(words.tr("Not taken over"))
        self.all.setChecked(True)
        self._filters.buttonToggled.connect(lambda *_: self._begin_anew())
        self.older = link_button("")
        self.older.clicked.connect(self._show_older)
        self._put_together(acts)
        self.activity.act_pressed.connect(lambda line, act: self.act_requested.emit(line, ActivityAct(act)))
        self.computers.act_pressed.connect(lambda *_: self.rename_requested.emit())
        self.show_account(None)
        self.show_computers(())
        self.show_activity(())

    def _put_together(self, acts: AccountActs) -> None:
        names = QWidget()
        said = QVBoxLayout(names)
        said.setContentsMargins(0, 0, 0, 0)
        said.setSpacing(scaled(2))
        said.addWidget(self._whether)
        said.addWidget(self._title)
        said.addStretch(1)
        kept = (acts.sign_in, acts.sign_out, acts.sign_out_everywhere, acts.remove_library)
        head = HeadLine(names, [_ActButton(act) for act in kept], space=8, side=_SIDE)
        filters = (self.all, self.elsewhere, self.refused)
        top = HeadLine(heading(words.tr("Activity")), filters, space=4, side=_SIDE)
        inside = QFrame()
        inside.setProperty("kind", "surface")
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, scaled(24), 0, scaled(20))
        layout.setSpacing(0)
        layout.addWidget(head)
        layout.addSpacing(scaled(12))
        layout.addLayout(_indented(self._facts))
        layout.addSpacing(scaled(24))
        layout.addLayout(_indented(self._computers_title))
        layout.addWidget(self.computers)
        layout.addSpacing(scaled(16))
        layout.addWidget(top)
        layout.addSpacing(scaled(4))
        layout.addLayout(_indented(self._nothing))
        layout.addWidget(self.activity)
        layout.addSpacing(scaled(8))
        layout.addLayout(_indented(self.older))
        layout.addStretch(1)
        self.setWidget(inside)

    def show_account(self, facts: AccountFacts | None) -> None:
        """Show whose library this is; None: it has no account."""
        self._has_account = facts is not None
        for button in (self.all, self.elsewhere, self.refused):
            button.setVisible(self._has_account)
        self._show_lines()
        if facts is None:
            self._whether.setText(words.tr("No account"))
            self._title.setText(words.tr("On this computer"))
            self._facts.show_pairs([])
            return
        self._whether.setText(words.tr("Signed in") if facts.is_signed_in else words.tr("Signed out"))
        self._title.setText(facts.title)
        since = "" if facts.kept_since is None else day(facts.kept_since)
        pairs = [
            (words.tr("E-mail"), facts.email),
            (words.tr("Server"), server_words(facts)),
            (words.tr("Plan"), plan_words(facts)),
            (words.tr("Sign-in"), sign_in_words(facts, since)),
        ]
        self._facts.show_pairs([pair for pair in pairs if pair[1]])

    def show_computers(self, computers: Sequence[ComputerLine]) -> None:
        """Show the account's computers; without any the part is hidden."""
        self._computers_title.setVisible(bool(computers))
        self.computers.setVisible(bool(computers))
        self.computers.show_lines([_computer(line) for line in computers])

    def show_activity(self, lines: Sequence[ActivityLine]) -> None:
        """Show what happened, newest first."""
        self._lines = tuple(lines)
        count = sum(line.kind is ActivityKind.REFUSED for line in lines)
        name = words.tr("Not taken over")
        self.refused.setText(f"{name}  {formats.number(count)}" if count else name)
        self._show_lines()

    def _show_lines(self) -> None:
        wanted = [line for line in self._lines if self._is_wanted(line)]
        shown = wanted[: self._most]
        left = len(wanted) - len(shown)
        self.older.setText(
            words.tr("Older: {count} more", "Older: {count} more", left).format(count=formats.number(left))
        )
        self.older.setVisible(left > 0)
        self.activity.show_lines([_happened(line) for line in shown])
        self.activity.setVisible(bool(shown))
        self._nothing.setVisible(not shown)
        if not self._has_account:
            self._nothing.setText(
                words.tr(
                    "These books are on this computer alone. Sign in, and they come to your other computers; what "
                    "happens there is listed here then."
                )
            )
        elif self.refused.isChecked():
            self._nothing.setText(words.tr("The server refused nothing that was changed here."))
        elif self.elsewhere.isChecked():
            self._nothing.setText(words.tr("What comes from your other computers will be listed here."))
        else:
            self._nothing.setText(words.tr("What is added and changed, here and elsewhere, will be listed here."))

    def _begin_anew(self) -> None:
        self._most = _PAGE
        self._show_lines()

    def _show_older(self) -> None:
        """Show more lines below; the focus goes on where the reader is."""
        self._most += _PAGE
        self._show_lines()
        if self.older.isHidden():
            self.activity.focus_line()

    def _is_wanted(self, line: ActivityLine) -> bool:
        if self.refused.isChecked():
            return line.kind is ActivityKind.REFUSED
        return line.is_elsewhere or not self.elsewhere.isChecked()

    def _filter(self, name: str) -> FilterButton:
        button = FilterButton(name)
        self._filters.addButton(button)
        return button


class _ActButton(QPushButton):
    """A button for an act of the window, seen while the act can be done.

    Its own method follows the act, so that this ends with the button: the act lives longer than the page.
    """

    def __init__(self, act: QAction) -> None:
        super().__init__(act.text())
        self._act = act
        self.clicked.connect(act.trigger)
        act.changed.connect(self._follow)
        if not act.isEnabled():  # to show it here would open a window: it has no parent yet
            self.hide()

    def _follow(self) -> None:
        self.setVisible(self._act.isEnabled())


def _indented(widget: QWidget) -> QLayout:
    """Return a line with one widget; the lists reach from edge to edge."""
    line = QHBoxLayout()
    line.setContentsMargins(scaled(_SIDE), 0, scaled(_SIDE), 0)
    line.addWidget(widget)
    if isinstance(widget, QPushButton):
        line.addStretch(1)
    return line


def _computer(line: ComputerLine) -> Line:
    icon = "laptop" if "laptop" in line.title.casefold() or "book" in line.title.casefold() else "monitor"
    name, system, seen = _COMPUTER_WIDTHS
    when = ""
    if line.seen_at is not None:
        when = moment(line.seen_at) if line.is_this else hour_moment(line.seen_at)
    said = words.tr("Last sync: {when}").format(when=when) if when else ""
    cells = (
        LineCell(line.title, icon, tail=words.tr("this computer") if line.is_this else "", width=name),
        LineCell(platform_name(line.platform), width=system, breaks=True),
        LineCell(f"{when[:1].upper()}{when[1:]}", width=seen, said=said),
    )
    return Line(line.id, cells, (("rename", words.tr("Rename…")),) if line.is_this else ())


def _happened(line: ActivityLine) -> Line:
    icon, tone = _SIGNS[line.kind]
    cells = (
        LineCell(short_moment(line.at), tone="muted", width=88),
        LineCell(line.computer, width=112),
        LineCell(line.sentence, icon, tone=tone, breaks=True),
    )
    return Line(line.id, cells, tuple((str(act), words.tr(_ACTS[act])) for act in line.acts))
