"""Shows in the status bar where rows and takes would go while they are dragged."""

from __future__ import annotations

from PySide6.QtCore import QObject

from audiodesk.domain import words
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.views.frame.main_window import MainWindow
from audiodesk.views.parts.dragging import count_text

__all__ = ["DragHints"]


class DragHints(QObject):
    """Names what is dragged and where it would go; both are on the screen, so nothing is read from the library."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.tree.rows_hovered.connect(self._hover_rows)
        window.tree.takes_hovered.connect(self._hover_takes)
        window.tree.files_dragged_away.connect(lambda: window.status.show_hint(""))

    def _hover_rows(self, refs: list[Ref], parent_id: str | None, before: str | None, is_inside: bool) -> None:  # noqa: FBT001 - a signal's
        if is_inside:
            sentence = words.tr("Move {what} into “{title}”").format(
                what=self._what(refs), title=self._title(parent_id)
            )
        elif before is not None:
            sentence = words.tr("Move {what} before “{title}”").format(what=self._what(refs), title=self._title(before))
        elif parent_id is not None:
            sentence = words.tr("Move {what} to the end of “{title}”").format(
                what=self._what(refs), title=self._title(parent_id)
            )
        else:
            sentence = words.tr("Move {what} to the end").format(what=self._what(refs))
        self._window.status.show_hint(sentence)

    def _hover_takes(self, take_ids: list[str], section: Ref) -> None:
        what = self._what([Ref(Entity.TAKE, take_id) for take_id in take_ids])
        self._window.status.show_hint(
            words.tr("Move {what} into “{title}”").format(what=what, title=self._title(section.id))
        )

    def _what(self, refs: list[Ref]) -> str:
        """Return "“2.4 Toll”" or "2 sections"."""
        title = self._title(refs[0].id) if len(refs) == 1 else ""
        return words.tr("“{title}”").format(title=title) if title else count_text(refs)

    def _title(self, row_id: str | None) -> str:
        node = None if row_id is None else self._window.tree_model.node_of(row_id)
        if node is not None:
            return node.title
        row = self._window.centre.take_model.row_of(row_id or "")
        return "" if row < 0 else self._window.centre.take_model.rows()[row].take.file_name
