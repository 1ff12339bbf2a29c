"""Fills an account page with what happened and with the account's computers, and does what its lines offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QDateTime, Signal
from PySide6.QtGui import QGuiApplication

from audiodesk.desktop.base.controller import Controller, Shared
from audiodesk.desktop.base.open_dialog import OpenDialog
from audiodesk.desktop.library.library_controller import LibraryController
from audiodesk.desktop.sync.sync_controller import SyncController
from audiodesk.domain import words
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.server.account import ComputerLine
from audiodesk.domain.server.computers import Computer
from audiodesk.domain.server.support_looks import SupportLook
from audiodesk.domain.sync.activity import Activity, RefusedChange
from audiodesk.domain.sync.activity_line import ActivityAct, ActivityLine
from audiodesk.domain.words.server.activity_words import conflict_lines, look_lines, refused_text
from audiodesk.domain.words.server.happened_words import activity_lines, former_text

if TYPE_CHECKING:  # loaded when a page is opened
    from audiodesk.composition.account import Account
    from audiodesk.views.account.account_page import AccountPage
    from audiodesk.views.account.rename_dialog import RenameDialog

__all__ = ["ActivityController"]


class _Happened(NamedTuple):
    """What the library knows."""

    entries: list[Activity]
    refused: list[tuple[RefusedChange, tuple[str, ...]]]
    waiting: list[ActivityLine]
    this_computer: str
    computers: tuple[Computer, ...]


class _Asked(NamedTuple):
    """What only the server knows."""

    computers: tuple[Computer, ...]
    looks: list[SupportLook]
    ahead: int = 0
    """Milliseconds by which the server's clock is ahead of this computer's."""


class ActivityController(Controller):
    """Shows at once what the library knows; what the server knows follows, or stays away without a network.

    Signals:
        show_requested: show this row of the tree (Ref).
    """

    show_requested = Signal(object)

    def __init__(self, shared: Shared, edits: LibraryController, sync: SyncController) -> None:
        super().__init__(shared)
        self._edits, self._sync = edits, sync
        self._page: AccountPage | None = None
        self._happened = _Happened([], [], [], "", ())
        self._asked: _Asked | None = None
        self._open_dialog: OpenDialog[RenameDialog] = OpenDialog()
        self._is_reading = self._reads_again = False
        self._synced_at: int | None = None
        for signal in (self._bridge.activity_changed, self._bridge.changed_elsewhere):
            signal.connect(self.read)
        for signal in (self._bridge.takes_changed, self._bridge.tree_changed):  # they may make or settle a conflict
            signal.connect(lambda _what: self.read())
        sync.state_changed.connect(lambda state: self._on_synced(state.synced_at))
        sync.account_ready.connect(lambda _account: self._on_ready())

    @property
    def dialog(self) -> RenameDialog | None:
        """The question for another name, while it is open."""
        return self._open_dialog.shown

    def fill(self, page: AccountPage) -> None:
        """Keep this page up to date until it is gone; what it shows counts as read."""
        self._page = page
        page.act_requested.connect(self._act)
        page.rename_requested.connect(self._ask_name)
        page.destroyed.connect(lambda *_: self._forget(page))
        self._on_ready()

    def read(self) -> None:
        """Read again what the library knows; without a page nothing is done."""
        account = self._sync.account
        if self._page is None or account is None:
            return
        if self._is_reading:
            self._reads_again = True
            return
        self._is_reading, self._reads_again = True, False

        def gather() -> _Happened:
            log = account.activity
            entries = log.entries()
            if any(not entry.is_read for entry in entries):
                log.mark_read(entries[0].position)
            conflicts = conflict_lines(self._core.catalogue.conflicts())
            return _Happened(entries, log.refused(), conflicts, log.this_computer(), log.known_computers())

        self._tasks.start(gather, "read").done(self._on_read).failed(lambda _error: self._ended())

    def _on_ready(self) -> None:
        self.read()
        account = self._sync.account
        if self._page is not None and account is not None:
            self._tasks.start_apart(lambda: _asked(account)).done(self._on_asked).failed(lambda _error: None)

    def _on_read(self, happened: _Happened) -> None:
        self._happened = happened
        self._show()
        self._ended()

    def _ended(self) -> None:
        self._is_reading = False
        if self._reads_again:
            self.read()

    def _on_synced(self, at: int | None) -> None:
        if at != self._synced_at:
            self._synced_at = at
            self._show()

    def _on_asked(self, asked: _Asked) -> None:
        self._asked = asked
        self._show()

    def _show(self) -> None:
        if self._page is not None:
            entries, refused, waiting, this, known = self._happened
            asked = self._asked or _Asked(known, [])
            lines = [*waiting, *activity_lines(entries, refused, this), *look_lines(asked.looks)]
            self._page.show_activity(sorted(lines, key=lambda line: line.at, reverse=True))
            self._page.show_computers([self._line_of(one, is_this=one.id == this) for one in asked.computers])

    def _line_of(self, computer: Computer, *, is_this: bool) -> ComputerLine:
        """Return a computer as it is shown; of this one the library knows the last sync better than the server does."""
        ahead = 0 if self._asked is None else self._asked.ahead
        seen_at = None if computer.seen_at is None else computer.seen_at - ahead
        if is_this and self._synced_at is not None:
            seen_at = max(seen_at or 0, self._synced_at)
        return ComputerLine(computer.id, computer.title, computer.platform, seen_at, is_this=is_this)

    def _ask_name(self) -> None:
        """Ask for this computer's new name, and send it."""
        account, (_, _, _, this, known) = self._sync.account, self._happened
        if account is None or self._page is None:
            return
        from audiodesk.views.account.rename_dialog import RenameDialog

        name = next((one.title for one in known if one.id == this), "")
        dialog = RenameDialog(name, self._window)

        def done(_name: str) -> None:
            dialog.accept_once()
            self._sync.sync_now()
            self._on_ready()

        dialog.name_entered.connect(
            lambda text: self._edits.edit(lambda: account.activity.rename_computer(text), done, asked_in=dialog)
        )
        self._open_dialog.open(dialog)

    def _forget(self, page: AccountPage) -> None:
        if self._page is page:
            self._page = None

    def _act(self, line: str, act: ActivityAct) -> None:
        """Carry out the action of a line; do nothing if the line has gone in the meantime."""
        account = self._sync.account
        if act is ActivityAct.CHOOSE:
            self.show_requested.emit(Ref(Entity.SECTION, line))
        elif act is ActivityAct.SHOW:
            entry = next((entry for entry in self._happened.entries if str(entry.position) == line), None)
            if entry is not None and entry.ref is not None:
                self.show_requested.emit(entry.ref)
        elif act is ActivityAct.RETRY and account is not None:
            self._edits.edit(lambda: account.activity.retry(line))
        elif act is ActivityAct.COPY:
            for text in self._copied(line):
                QGuiApplication.clipboard().setText(text)
                self._window.status.say(words.tr("Copied"))

    def _copied(self, line: str) -> list[str]:
        """Return the text that a line offers to copy: what was refused, or what stood here before."""
        refused = [refused_text(change, path) for change, path in self._happened.refused if change.change_id == line]
        return refused or [former_text(entry) for entry in self._happened.entries if str(entry.position) == line]


def _asked(account: Account) -> _Asked:
    """On the asking thread: ask the server for computers and looks."""
    found = account.activity.computers()
    ahead = found.now - QDateTime.currentMSecsSinceEpoch()
    return _Asked(found.computers, list(account.usage.looks().looks), ahead)
