"""The tree shows where takes wait for a choice: an icon with their number, and the words in the tooltip."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from audiodesk.domain.library.read_model import TreeNode
from audiodesk.domain.library.states import ParentState, StateCode
from audiodesk.views.tree.tree_delegate import TreeDelegate, conflict_count, row_signs
from audiodesk.views.tree.tree_model import TreeModel
from tests.views import samples
from tests.views.dress import dress


def _with(conflicts: int) -> TreeNode:
    """Return a project of five takes, three of them safe."""
    counts = {(StateCode.CONFLICT, ""): conflicts, (StateCode.WAITING, ""): 2 - conflicts, (StateCode.SAFE, ""): 3}
    return replace(samples.project(), states=ParentState({key: n for key, n in counts.items() if n}, cloud=True))


def _painted(model: TreeModel) -> QImage:
    picture = QImage(300, 32, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.white)
    option = QStyleOptionViewItem()
    option.rect = QRect(0, 0, 300, 32)
    painter = QPainter(picture)
    TreeDelegate().paint(painter, option, model.index(0, 0))
    painter.end()
    return picture


def test_a_conflict_has_an_icon_of_its_own_with_its_number(qtbot: QtBot, qapp: QApplication) -> None:
    dress(qapp)
    node = _with(2)
    assert ("split", "attention") in row_signs(node)
    assert conflict_count(node) == "2"
    assert conflict_count(_with(0)) == ""
    pictures = []
    for count in (1, 2):
        model = TreeModel()
        model.set_children(None, [_with(count)])
        said = str(model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole))
        assert ("1 waits for your choice" if count == 1 else "2 wait for your choice") in said
        pictures.append(_painted(model))
    assert pictures[0] != pictures[1]  # nothing but the number differs
