"""The main window: builds the frame and the tree first, and all other panes after the first paint."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QMainWindow,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from audiodesk.domain.library.read_model import Ref
from audiodesk.views.centre.first_run import FirstRun
from audiodesk.views.centre.head_bar import HeadBar
from audiodesk.views.frame.notice_bar import NoticeBar
from audiodesk.views.frame.page_place import PagePlace
from audiodesk.views.frame.panes import Panes
from audiodesk.views.frame.status_bar import StatusBar
from audiodesk.views.parts.actions import Actions
from audiodesk.views.parts.theme import scaled
from audiodesk.views.tree.tree_model import TreeModel
from audiodesk.views.tree.tree_view import TreeView

if TYPE_CHECKING:  # imported when they are built, after the first paint
    from audiodesk.views.centre.centre_pane import CentrePane
    from audiodesk.views.centre.find_view import FindView
    from audiodesk.views.details.details_pane import DetailsPane
    from audiodesk.views.frame.chosen_rows import ChosenRows
    from audiodesk.views.frame.menus import Menus
    from audiodesk.views.player.player_bar import PlayerBar
    from audiodesk.views.transfers.transfers_view import TransfersView

__all__ = ["MainWindow"]


class MainWindow(QMainWindow):
    """Has all panes as attributes; controllers connect them.

    Toolbar, tree, status bar and first-run page exist at once. ``complete`` builds the rest; until then its places are
    blank. So a large library is on the screen as soon as an empty one.

    Signals:
        closing: the window is about to close (nothing).
        first_painted: the window was painted for the first time (nothing).
        page_closed: the page that was open in the centre is gone (nothing).
    """

    closing = Signal()
    first_painted = Signal()
    page_closed = Signal()

    centre: CentrePane
    found: FindView
    details: DetailsPane
    transfers: TransfersView
    player: PlayerBar
    menus: Menus
    chosen: ChosenRows

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("AudioDesk")
        self.resize(scaled(1180), scaled(760))
        self.setMinimumSize(scaled(760), scaled(480))
        self.acts = Actions(self)
        self.head = HeadBar(self.acts)
        self.notice = NoticeBar()
        self.first_run = FirstRun()
        self.tree_model = TreeModel(self)
        self.tree = TreeView(self.tree_model)
        self.status = StatusBar()
        self.close_guard: Callable[[], bool] = lambda: True
        self._was_painted = False
        self._is_empty = True
        self._is_found = False
        self._heights: list[int] = []
        self.is_complete = False
        self._put_together()
        self.acts.set_all_enabled(enabled=False)
        self.show_first_run(is_empty=True)

    def complete(self) -> None:
        """Build the panes that were left out before the first paint."""
        from audiodesk.views.centre.centre_pane import CentrePane
        from audiodesk.views.centre.find_view import FindView
        from audiodesk.views.details.details_pane import DetailsPane
        from audiodesk.views.frame.chosen_rows import ChosenRows
        from audiodesk.views.frame.menus import Menus
        from audiodesk.views.player.player_bar import PlayerBar
        from audiodesk.views.transfers.transfers_view import TransfersView

        self.centre = CentrePane(self)
        self.found = FindView(self)
        self.details = DetailsPane(self)
        self.transfers = TransfersView(self)
        self.player = PlayerBar(self)
        self._fill()
        self.menus = Menus(self, self.acts, self.player.actions_of_playback)
        self.acts.set_all_enabled(enabled=True)
        self.acts.show_undo("", "")
        self.is_complete = True
        self._connect()
        self.chosen = ChosenRows(self)
        self.show_transfers(is_shown=False)
        self.show_first_run(is_empty=self.is_first_run)

    # -- what is shown ---------------------------------------------------------------------------------------------

    def show_first_run(self, *, is_empty: bool) -> None:
        """Show the first-run page where the library is empty, no dock and no page is open; else show the library."""
        self._is_empty = is_empty
        is_first = is_empty and not (self.is_complete and self.acts.show_transfers.isChecked()) and self.page is None
        self._pages.setCurrentIndex(0 if is_first else 1)
        self._player_frame.setVisible(not is_empty)
        a = self.acts
        a.enable((a.find, a.expand_all, a.collapse_all, a.show_details, a.select_all), enabled=not is_empty)
        self.head.field.setEnabled(not is_empty)
        if self.is_complete:
            self.centre.show_emptiness(is_empty=is_empty)
            self.update_acts()

    @property
    def is_first_run(self) -> bool:
        """Whether the first-run page is shown."""
        return self._pages.currentIndex() == 0

    def show_transfers(self, *, is_shown: bool) -> None:
        """Show the Transfers dock at its former height, or hide it."""
        if self.transfers.isVisible() and not is_shown:
            self._heights = self._down.sizes()
        self.transfers.setVisible(is_shown)
        if self.acts.show_transfers.isChecked() != is_shown:
            self.acts.show_transfers.setChecked(is_shown)
        self.show_first_run(is_empty=self._is_empty)

    def show_found(self, *, is_shown: bool) -> None:
        """Show the search results in the place of the centre, or the centre again; an open page goes."""
        self._is_found = is_shown
        self.close_page()
        self._middle.setCurrentIndex(1 if is_shown else 0)

    @property
    def page(self) -> QWidget | None:
        """The page that stands in the place of centre and details; None while there is none."""
        return self._pages_place.page

    def open_page(self, page: QWidget) -> None:
        """Show a page in the place of centre and details until Esc, a choice in the tree or ``close_page``.

        The page is destroyed then, and what was shown before is shown again, as it was.
        """
        self.close_page()
        self._pages_place.open(page, self.focusWidget())
        self._follow_page()
        page.setFocus()

    def close_page(self) -> None:
        """Go back to what was shown before the page; without a page nothing happens."""
        if self._pages_place.page is not None:
            self._pages_place.close(1 if self._is_found else 0, self.tree)
            self._follow_page()
            self.page_closed.emit()

    def _follow_page(self) -> None:
        """Show what goes with the page, or without one: a page has no details and nothing in the tree is chosen."""
        self.tree.set_resting(is_resting=self.page is not None)
        self._show_details()
        self.show_first_run(is_empty=self._is_empty)

    def _show_details(self) -> None:
        self._across.show_pane(2, is_shown=self.acts.show_details.isChecked() and self.page is None)

    def update_acts(self) -> None:
        """Enable the actions that apply to the chosen rows."""
        from audiodesk.views.frame.possible_acts import allow_acts  # not before the first paint

        allow_acts(self)

    # -- what is remembered ----------------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Return the geometry and the widths of panes and columns, as JSON values."""
        return {
            "geometry": _text(self.saveGeometry()),
            "panes": self._across.wanted(),
            "heights": self._down.sizes() if self.transfers.isVisible() else self._heights,
            "take_columns": self.centre.takes.widths(),
            "node_columns": self.centre.nodes.widths(),
            "details": self.acts.show_details.isChecked(),
            "transfers": self.acts.show_transfers.isChecked(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Restore geometry and widths from an earlier ``state``; ignore everything else in it."""
        if isinstance(geometry := state.get("geometry"), str):
            self.restoreGeometry(QByteArray.fromBase64(geometry.encode("ascii", "ignore")))
        if sizes := _ints(state.get("panes"), self._across.count()):
            self._across.want(sizes)

    def restore_panes(self, state: dict[str, Any]) -> None:
        """Restore the state of the panes that ``complete`` built."""
        if sizes := _ints(state.get("heights"), self._down.count()):
            self._down.setSizes(sizes)
            self._heights = sizes
        self.centre.takes.set_widths(_ints(state.get("take_columns")))
        self.centre.nodes.set_widths(_ints(state.get("node_columns")))
        if isinstance(state.get("details"), bool):
            self.acts.show_details.setChecked(state["details"])

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: report the first paint, once all panes are painted too."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.first_painted.emit)

    def set_usable(self, *, is_usable: bool) -> None:
        """Allow work in the window, or only looking at it."""
        for part in (self.centralWidget(), self.menuBar()):
            if part is not None:
                part.setEnabled(is_usable)

    def commit_edits(self) -> None:
        """Commit titles and notes that are being typed."""
        self.setFocus()
        if self.is_complete:
            self.details.take.forget()
            self.details.node.forget()

    # -- Qt --------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Esc that nothing else wanted closes the page."""
        if event.key() == Qt.Key.Key_Escape and self.page is not None:
            self.close_page()
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt: the person or the system closes the window."""
        if not self.close_guard():
            event.ignore()
            return
        self.closing.emit()
        super().closeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Qt: paint the links anew, whose colour stands in their text, after a change of palette."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and getattr(self, "is_complete", False):
            self.centre.repaint_links()

    # -- inside ----------------------------------------------------------------------------------------------------

    def _put_together(self) -> None:
        tree_frame = QFrame()
        tree_frame.setProperty("kind", "frame")
        inside = QVBoxLayout(tree_frame)
        inside.setContentsMargins(0, scaled(12), 0, scaled(8))
        inside.addWidget(self.tree)
        self._middle = QStackedWidget()
        self._middle.addWidget(_blank("surface"))
        self._pages_place = PagePlace(self._middle)
        self._side = QStackedWidget()
        self._side.addWidget(_blank("frame"))
        self._across = Panes()
        for at, (pane, stretch, least) in enumerate(
            ((tree_frame, 0, 180), (self._middle, 1, 320), (self._side, 0, 220))
        ):
            pane.setMinimumWidth(scaled(least))
            self._across.addWidget(pane)
            self._across.setStretchFactor(at, stretch)
        self._across.want(self._across.wanted())
        self._down = QSplitter(Qt.Orientation.Vertical)
        self._down.addWidget(self._across)
        for splitter in (self._across, self._down):
            splitter.setHandleWidth(1)
            splitter.setChildrenCollapsible(False)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.first_run)
        self._pages.addWidget(self._down)
        self._player_frame = QWidget()
        self._player_frame.setMinimumHeight(scaled(112))
        player = QVBoxLayout(self._player_frame)
        player.setContentsMargins(0, 0, 0, 0)
        player.setSpacing(0)
        player.addWidget(_line())
        player.addStretch(1)
        central = QWidget()
        layout = QVBoxLayout(central)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget in (self.head, _line(), self.notice):
            layout.addWidget(widget)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self._player_frame)
        self.setCentralWidget(central)
        self.setStatusBar(self.status)

    def _fill(self) -> None:
        """Put the panes into the places that were reserved for them."""
        for pane, places in ((self.centre, self._middle), (self.details, self._side)):
            blank = places.widget(0)
            places.addWidget(pane)
            places.setCurrentWidget(pane)
            if blank is not None:
                places.removeWidget(blank)
                blank.deleteLater()
        self._middle.addWidget(self.found)
        self._down.addWidget(self.transfers)
        self._down.setStretchFactor(0, 1)
        self._down.setStretchFactor(1, 0)
        self._down.setSizes([scaled(600), scaled(170)])
        layout = self._player_frame.layout()
        if layout is not None:
            layout.takeAt(1)  # the stretch that reserved the place
            layout.addWidget(self.player)
        self._player_frame.setMinimumHeight(0)

    def _connect(self) -> None:
        a = self.acts
        a.show_transfers.toggled.connect(lambda on: self.show_transfers(is_shown=on))
        a.show_details.toggled.connect(lambda _on: self._show_details())
        a.find.triggered.connect(self._focus_find)
        a.focus_tree.triggered.connect(self.tree.setFocus)
        a.focus_table.triggered.connect(self._focus_table)
        a.focus_player.triggered.connect(self.player.setFocus)
        a.collapse_all.triggered.connect(self.tree.collapseAll)
        a.select_all.triggered.connect(self._select_all)
        a.edit_notes.triggered.connect(self._edit_notes)
        self.transfers.close_requested.connect(lambda: self.show_transfers(is_shown=False))
        self.tree.menu_requested.connect(lambda at: self._menu_at(at, self.tree.chosen(), self.tree))
        for table in (self.centre.takes, self.centre.nodes):
            table.menu_requested.connect(lambda at, t=table: self._menu_at(at, t.chosen(), t))
            self.player.actions_of_playback.act_in(table)
        self.tree.chosen_changed.connect(self._on_chosen_in_tree)
        self.tree.clicked.connect(lambda _index: self.close_page())  # also on the row that was chosen before
        self.tree.open_requested.connect(lambda _ref: self.close_page())
        self.found.field_requested.connect(self._focus_find)

    def _on_chosen_in_tree(self) -> None:
        """Go back from a page if it was the person who chose another row."""
        if self.tree.hasFocus():
            self.close_page()

    def _menu_at(self, at: QPoint, chosen: list[Ref], pane: QWidget) -> None:
        pane.setFocus()
        self.update_acts()
        menu = self.menus.context_menu(chosen[0].entity if chosen else None, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def _focus_find(self) -> None:
        self.head.field.setFocus()
        self.head.field.selectAll()

    def _focus_table(self) -> None:
        from audiodesk.views.tables.selection import choose_row  # not before the first paint

        table = self.centre.table()
        if self.page is not None:
            self.page.setFocus()
        elif self._is_found:
            self.found.list.setFocus()
        elif self.centre.focus_stand_in():
            return
        elif table is not None:
            table.setFocus()
            if not table.chosen():
                choose_row(table, 0)

    def _select_all(self) -> None:
        for view in (self.tree, self.centre.takes, self.centre.nodes):
            if view.hasFocus():
                view.selectAll()

    def _edit_notes(self) -> None:
        if not self.acts.show_details.isChecked():
            self.acts.show_details.setChecked(True)
        QTimer.singleShot(0, self.details.take.edit_notes)


def _blank(kind: str) -> QFrame:
    pane = QFrame()
    pane.setProperty("kind", kind)
    return pane


def _line() -> QFrame:
    line = QFrame()
    line.setProperty("kind", "line")
    line.setFixedHeight(1)
    return line


def _text(data: QByteArray) -> str:
    return bytes(data.toBase64().data()).decode("ascii")


def _ints(value: Any, count: int | None = None) -> list[int]:
    if not isinstance(value, list) or not all(type(item) is int and 0 <= item < 20_000 for item in value):
        return []
    return value if count is None or len(value) == count else []
