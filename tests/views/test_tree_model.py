"""The tree's model: filled parent by parent, keeps indexes, passes Qt's own tester."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import NodeCounts, Ref, TreeNode
from audiodesk.views.centre.node_model import NodeColumn, NodeModel
from audiodesk.views.details.node_details import NodeDetailsView
from audiodesk.views.parts.node_words import counts_sentence
from audiodesk.views.tree.tree_model import NODES_MIME, TreeModel, read_refs
from audiodesk.views.tree.tree_view import TreeView
from tests.views.samples import chapter, project, section


@pytest.fixture
def model(qtbot: QtBot) -> Iterator[TreeModel]:
    made = TreeModel()
    tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield made
    del tester


@pytest.fixture
def untested(qtbot: QtBot) -> TreeModel:
    """A model without Qt's tester, which fetches whatever can be fetched."""
    return TreeModel()


def titles(model: TreeModel, parent: QModelIndex | None = None) -> list[str]:
    above = parent or QModelIndex()
    return [model.index(row, 0, above).data() for row in range(model.rowCount(above))]


def test_children_are_asked_for_once_and_shown_in_order(untested: TreeModel, qtbot: QtBot) -> None:
    model = untested
    model.set_children(None, [project()])
    index = model.index(0, 0)
    assert model.hasChildren(index)
    assert model.canFetchMore(index)
    with qtbot.waitSignal(model.children_requested, timeout=30_000) as asked:
        model.fetchMore(index)
    assert asked.args == [Ref(Entity.PROJECT, "p1")]
    assert not model.canFetchMore(index)
    model.set_children("p1", [chapter("c1", "One"), chapter("c2", "Two")])
    assert titles(model, index) == ["One", "Two"]


def test_a_section_and_an_empty_chapter_cannot_be_opened(model: TreeModel) -> None:
    model.set_children(None, [project()])
    model.set_children("p1", [chapter("c1", children=0), chapter("c2")])
    model.set_children("c2", [section()])
    assert not model.hasChildren(model.index_of("c1"))
    assert not model.hasChildren(model.index_of("s1"))


def test_rows_that_stay_keep_their_indexes(model: TreeModel) -> None:
    model.set_children(None, [project()])
    model.set_children("p1", [chapter("c1", "One"), chapter("c2", "Two"), chapter("c3", "Three")])
    kept = QPersistentModelIndex(model.index_of("c2"))
    model.set_children("p1", [chapter("c4", "Four"), chapter("c3", "Three"), chapter("c2", "Zwei")])
    assert titles(model, model.index_of("p1")) == ["Four", "Three", "Zwei"]
    assert kept.isValid()
    assert kept.data() == "Zwei"


def test_a_row_that_goes_to_another_parent_is_gone_from_the_first(model: TreeModel) -> None:
    model.set_children(None, [project()])
    model.set_children("p1", [chapter("c1"), chapter("c2")])
    model.set_children("c1", [section("s1"), section("s2")])
    model.set_children("c2", [section("s2", parent="c2")])
    assert model.rowCount(model.index_of("c1")) == 1
    assert model.index_of("s2").parent() == model.index_of("c2")


def test_any_sequence_of_lists_ends_as_the_last_one(model: TreeModel) -> None:
    rng = random.Random(7)
    model.set_children(None, [project()])
    for _ in range(200):
        ids = rng.sample(range(12), rng.randrange(13))
        model.set_children("p1", [chapter(f"c{n}", f"{n}/{rng.randrange(3)}") for n in ids])
        assert [model.ref(model.index(row, 0, model.index_of("p1"))) for row in range(len(ids))] == [
            Ref(Entity.CHAPTER, f"c{n}") for n in ids
        ]


def test_what_was_opened_while_empty_can_be_opened_when_it_is_filled(untested: TreeModel) -> None:
    model = untested
    model.set_children(None, [project(children=0)])
    model.set_children("p1", [])
    model.set_node(project(children=1))
    assert model.canFetchMore(model.index_of("p1"))


def test_numbers_do_not_flicker_while_they_are_counted_anew(model: TreeModel) -> None:
    model.set_children(None, [project()])
    uncounted = TreeNode(Ref(Entity.PROJECT, "p1"), None, "Other", 2, -1, -1, -1, -1, -1)
    model.set_children(None, [uncounted])
    node = model.node_of("p1")
    assert node is not None
    assert (node.title, node.recorded) == ("Other", 41)
    model.set_counts({"p1": NodeCounts(63, 42, 71, 1.0, 0), "gone": NodeCounts(0, 0, 0, 0.0, 0)})
    node = model.node_of("p1")
    assert node is not None
    assert node.recorded == 42


def test_rows_that_stay_as_they_are_are_not_painted_again(model: TreeModel) -> None:
    """They come without numbers, which are known from before."""

    def uncounted(row_id: str, title: str) -> TreeNode:
        return TreeNode(Ref(Entity.PROJECT, row_id), None, title, 2, -1, -1, -1, -1, -1)

    model.set_children(None, [uncounted("p1", "One"), uncounted("p2", "Two")])
    model.set_counts({row_id: NodeCounts(63, 42, 71, 1.0, 0) for row_id in ("p1", "p2")})
    changed: list[str] = []
    model.dataChanged.connect(lambda index, _last: changed.append(index.data()))
    model.set_children(None, [uncounted("p1", "One"), uncounted("p2", "Zwei")])
    assert changed == ["Zwei"]


def test_typing_a_title_asks_for_it_and_changes_nothing(model: TreeModel, qtbot: QtBot) -> None:
    model.set_children(None, [project()])
    index = model.index_of("p1")
    with qtbot.waitSignal(model.rename_requested, timeout=30_000) as asked:
        model.setData(index, "Salt")
    assert asked.args == [Ref(Entity.PROJECT, "p1"), "Salt"]
    assert index.data() == "The Salt Road"
    with qtbot.assertNotEmitted(model.rename_requested):
        model.setData(index, "   ")


def test_words_say_what_the_counts_mean(model: TreeModel) -> None:
    model.set_children(None, [project()])
    model.set_children("p1", [chapter()])
    spoken = model.index_of("c1").data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "1 · The Well, 5 of 9 sections recorded, 10:00, 1 with a warning"


def test_what_is_dragged_names_its_rows(model: TreeModel) -> None:
    model.set_children(None, [project()])
    data = model.mimeData([model.index_of("p1")])
    assert read_refs(data, NODES_MIME) == [Ref(Entity.PROJECT, "p1")]
    data.setData(NODES_MIME, b'{"not": "ours"}')
    assert read_refs(data, NODES_MIME) == []


def test_numbers_that_change_leave_alone_what_is_being_typed(untested: TreeModel, qtbot: QtBot) -> None:
    view = TreeView(untested)
    qtbot.addWidget(view)
    view.show()
    untested.set_children(None, [project()])
    view.edit_title(Ref(Entity.PROJECT, "p1"))
    (editor,) = view.findChildren(QLineEdit)
    assert editor.text() == "The Salt Road"
    editor.setText("The Sal")
    untested.set_counts({"p1": NodeCounts(63, 42, 71, 1.0, 0)})
    assert editor.text() == "The Sal"


def test_a_chapter_emptied_by_a_move_cannot_be_opened_any_more(model: TreeModel) -> None:
    model.set_children(None, [project()])
    model.set_children("p1", [chapter("c1", children=1), chapter("c2", children=1)])
    model.set_children("c1", [section("s1")])
    model.set_children("c2", [section("s2", parent="c2")])
    model.set_children("c2", [section("s2", parent="c2"), section("s1", parent="c2")])
    model.set_children("c1", [])
    model.set_counts({"c1": NodeCounts(0, 0, 0, 0.0, 0)})
    assert not model.hasChildren(model.index_of("c1"))
    assert model.hasChildren(model.index_of("c2"))


@pytest.mark.parametrize("entity", [Entity.PROJECT, Entity.CHAPTER, Entity.SECTION])
def test_a_repaired_half_is_said_in_the_tree_the_chapter_and_the_details(qtbot: QtBot, entity: Entity) -> None:
    node = TreeNode(Ref(entity, "x"), None, "Toll", 0, 1, 1, 1, 60.0, repaired=1)
    assert "repaired" in counts_sentence(node)
    table = NodeModel()
    table.show(entity, [node])
    check = table.index(0, NodeColumn.CHECK)
    assert check.data() == ("Repaired" if entity is Entity.SECTION else "1 repaired")
    details = NodeDetailsView()
    qtbot.addWidget(details)
    details.show_node(node)
    assert "Repaired" in [label.text() for label in details.findChildren(QLabel)]
