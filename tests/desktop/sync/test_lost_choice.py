"""What is chosen goes away on another computer: the next key of the person hits nothing that they did not choose."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from audiodesk.domain.errors import OutsideError
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.views.centre.table_view import RowsTable
from audiodesk.views.tree.tree_view import TreeView
from tests.desktop.sync.conftest import Computer, Computers
from tests.desktop.sync.test_conflicts_in_window import add
from tests.desktop.window import titles, wait
from tests.media.wav import wav

pytestmark = pytest.mark.slow  # the file as a whole


class Pair:
    """Two computers with the same book: a project, two chapters with two sections each; ``studio`` has the window."""

    def __init__(self, computers: Computers) -> None:
        self.laptop: Computer = computers("laptop")
        library = self.laptop.core.library
        self.project = library.add_project("Book")
        self.chapters = library.add_many(self.project, ["1", "2"])
        self.sections = [ref for chapter in self.chapters for ref in library.add_many(chapter, ["Dawn", "Dusk"])]
        self.laptop.sync()
        self.studio: Computer = computers("studio", window=True)
        self.studio.settle()

    def choose(self, qtbot: QtBot, ref: Ref) -> None:
        desk = self.studio.desk
        desk.reveal(ref)
        wait(qtbot, lambda: desk.window.centre.ref == ref and desk.tasks.is_idle)
        desk.window.activateWindow()
        desk.window.tree.setFocus()

    def trash_there(self, refs: list[Ref]) -> None:
        self.laptop.core.library.trash(refs)
        self.laptop.sync()
        self.studio.fetch()


@pytest.fixture
def pair(computers: Computers) -> Pair:
    return Pair(computers)


def test_nothing_is_chosen_in_its_place_and_it_can_be_brought_back(qtbot: QtBot, pair: Pair) -> None:
    desk = pair.studio.desk
    pair.choose(qtbot, pair.sections[0])
    assert desk.window.acts.rename.isEnabled()
    pair.trash_there([pair.sections[0]])
    wait(qtbot, lambda: "“Dawn”, which was chosen" in desk.window.notice.sentence)
    assert desk.window.tree.chosen() == []
    assert desk.window.chosen.rows() == []
    assert not desk.window.acts.rename.isEnabled()
    assert not desk.window.acts.trash.isEnabled()
    desk.window.notice.action_requested.emit(desk.window.notice._key)  # the button of the notice
    wait(qtbot, lambda: desk.window.tree.current() == pair.sections[0])
    assert desk.window.acts.trash.isEnabled()


def _restored_there(pair: Pair, refs: list[Ref]) -> None:
    pair.laptop.core.library.restore(refs)
    pair.laptop.sync()


def _emptied_there(pair: Pair, refs: list[Ref]) -> None:
    pair.laptop.core.library.empty_trash(refs)
    pair.laptop.sync()


def _restored_here(pair: Pair, refs: list[Ref]) -> None:
    pair.studio.core.library.restore(refs)


@pytest.mark.parametrize("act", [_restored_there, _emptied_there, _restored_here], ids=lambda act: act.__name__)
def test_the_notice_goes_away_with_the_last_that_it_could_bring_back(
    qtbot: QtBot, pair: Pair, act: Callable[[Pair, list[Ref]], None]
) -> None:
    desk, (dawn, dusk, *_) = pair.studio.desk, pair.sections
    pair.choose(qtbot, pair.chapters[0])
    nodes = desk.window.centre.nodes
    wait(qtbot, lambda: nodes.has(dusk.id))
    nodes.choose([dawn.id, dusk.id])
    nodes.setFocus()
    pair.trash_there([dawn, dusk])
    notice = desk.window.notice
    wait(qtbot, lambda: "“Dawn” and 1 more" in notice.sentence)
    act(pair, [dawn])
    pair.studio.fetch()
    wait(qtbot, lambda: notice.sentence == "“Dusk”, which was chosen, was moved to the trash elsewhere.")
    act(pair, [dusk])
    pair.studio.fetch()
    wait(qtbot, lambda: notice.sentence == "")


def _trash_fails(qtbot: QtBot, pair: Pair) -> None:
    def full(*_args: object) -> None:
        raise OutsideError("disk-full", path="/")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pair.studio.core.library, "trash", full)
        pair.studio.desk.window.acts.trash.trigger()
        _end(qtbot, pair)


def _trash_is_undone(qtbot: QtBot, pair: Pair) -> None:
    pair.studio.desk.window.acts.trash.trigger()
    _end(qtbot, pair)
    wait(qtbot, pair.studio.desk.window.acts.undo.isEnabled)
    pair.studio.desk.window.acts.undo.trigger()


def _rename_is_undone(qtbot: QtBot, pair: Pair) -> None:
    pair.studio.desk.workbench.edits.rename(pair.sections[0], "First light")
    _end(qtbot, pair)
    wait(qtbot, pair.studio.desk.window.acts.undo.isEnabled)
    pair.studio.desk.window.acts.undo.trigger()


def _is_dropped_among_its_siblings(_qtbot: QtBot, pair: Pair) -> None:
    pair.studio.desk.workbench.edits.move([pair.sections[0]], pair.chapters[0].id, None)


def _end(qtbot: QtBot, pair: Pair) -> None:
    wait(qtbot, lambda: not pair.studio.desk.tasks.has_edits)


@pytest.mark.parametrize("in_table", [False, True], ids=["tree", "table"])
@pytest.mark.parametrize(
    "act",
    [_trash_fails, _trash_is_undone, _rename_is_undone, _is_dropped_among_its_siblings],
    ids=lambda act: act.__name__,
)
def test_what_the_person_did_with_a_row_before_does_not_count_when_it_goes_away_elsewhere(
    qtbot: QtBot, pair: Pair, act: Callable[[QtBot, Pair], None], *, in_table: bool
) -> None:
    desk, row = pair.studio.desk, pair.sections[0]
    pair.choose(qtbot, row)
    act(qtbot, pair)
    wait(qtbot, lambda: not desk.tasks.has_edits and sorted(titles(desk, pair.chapters[0])) == ["Dawn", "Dusk"])
    pair.studio.fetch()
    pair.laptop.sync()
    pair.choose(qtbot, pair.chapters[0] if in_table else row)
    view: TreeView | RowsTable = desk.window.tree
    if in_table:
        view = desk.window.centre.nodes
        wait(qtbot, lambda: desk.window.centre.nodes.has(row.id))
        desk.window.centre.nodes.choose([row.id])
        desk.window.centre.nodes.setFocus()
    assert view.chosen() == [row]
    pair.trash_there([row])
    wait(qtbot, lambda: "“Dawn”, which was chosen" in desk.window.notice.sentence)
    assert view.chosen() == []
    assert not desk.window.acts.trash.isEnabled()


def test_what_moved_to_another_chapter_stays_chosen(qtbot: QtBot, pair: Pair) -> None:
    desk = pair.studio.desk
    pair.choose(qtbot, pair.sections[0])
    pair.laptop.core.library.move([pair.sections[0]], pair.chapters[1].id)
    pair.laptop.sync()
    pair.studio.fetch()
    wait(qtbot, lambda: titles(desk, pair.chapters[1]) == ["Dawn", "Dusk", "Dawn"])
    wait(qtbot, lambda: desk.window.tree.current() == pair.sections[0])


def _choose_the_second_take(qtbot: QtBot, pair: Pair, tmp_path: Path) -> list[str]:
    """Add two takes to a section that both computers have, and choose the second in its table; return their ids."""
    desk, section = pair.studio.desk, pair.sections[0]
    takes = [add(pair.studio, section, wav(tmp_path / f"{n}.wav", seconds=1.0 + n)) for n in range(2)]
    pair.studio.fetch()
    pair.laptop.sync()
    pair.choose(qtbot, section)
    table = desk.window.centre.takes
    wait(qtbot, lambda: desk.window.centre.take_model.rowCount() == 2)
    table.setFocus()
    wait(qtbot, table.hasFocus)
    table.choose([takes[1]])
    return takes


def test_a_take_that_goes_away_does_not_leave_the_section_to_the_next_key(
    qtbot: QtBot, pair: Pair, tmp_path: Path
) -> None:
    desk, table = pair.studio.desk, pair.studio.desk.window.centre.takes
    takes = _choose_the_second_take(qtbot, pair, tmp_path)
    pair.trash_there([Ref(table.chosen()[0].entity, takes[1])])
    wait(qtbot, lambda: desk.window.centre.take_model.rowCount() == 1)
    assert table.chosen() == []
    assert desk.window.chosen.rows() == []
    assert not desk.window.acts.trash.isEnabled()
    table.choose([takes[0]])
    assert desk.window.chosen.rows() == table.chosen()


def test_a_title_that_is_being_typed_brings_its_row_back(qtbot: QtBot, pair: Pair) -> None:
    desk, section = pair.studio.desk, pair.sections[0]
    pair.choose(qtbot, section)
    desk.window.chosen.edit_title_in_tree(section)
    editor = desk.window.tree.findChild(QLineEdit)
    assert editor is not None
    editor.setText("First light")
    pair.trash_there([section])
    wait(qtbot, lambda: "First light" in titles(desk, pair.chapters[0]))
    pair.studio.fetch()
    pair.laptop.sync()
    node = pair.laptop.core.tree.node(section)
    assert node is not None
    assert node.title == "First light"


def test_a_row_that_came_back_while_its_table_was_hidden_is_lost_like_any_other(qtbot: QtBot, pair: Pair) -> None:
    desk, row = pair.studio.desk, pair.sections[0]
    nodes = desk.window.centre.nodes
    pair.choose(qtbot, pair.chapters[0])
    wait(qtbot, lambda: nodes.has(row.id))
    pair.choose(qtbot, row)  # the table of the chapter is hidden from here on
    desk.window.acts.trash.trigger()
    _end(qtbot, pair)
    wait(qtbot, lambda: titles(desk, pair.chapters[0]) == ["Dusk"])
    wait(qtbot, desk.window.acts.undo.isEnabled)  # the window is told of the edit after it has ended
    desk.window.acts.undo.trigger()
    _end(qtbot, pair)
    wait(qtbot, lambda: len(titles(desk, pair.chapters[0])) == 2)
    _trash_what_is_chosen_in_the_table(qtbot, pair, pair.chapters[0], row)


def test_a_row_that_was_moved_away_is_lost_at_its_new_place_like_any_other(qtbot: QtBot, pair: Pair) -> None:
    desk, row = pair.studio.desk, pair.sections[0]
    pair.choose(qtbot, pair.chapters[0])
    wait(qtbot, lambda: desk.window.centre.nodes.has(row.id))
    pair.choose(qtbot, row)
    desk.workbench.edits.move([row], pair.chapters[1].id, None)
    _end(qtbot, pair)

    def is_moved() -> bool:
        node = desk.window.tree_model.node_of(row.id)
        return desk.tasks.is_idle and node is not None and node.parent_id == pair.chapters[1].id

    wait(qtbot, is_moved)
    _trash_what_is_chosen_in_the_table(qtbot, pair, pair.chapters[1], row)


def _trash_what_is_chosen_in_the_table(qtbot: QtBot, pair: Pair, chapter: Ref, row: Ref) -> None:
    desk = pair.studio.desk
    nodes = desk.window.centre.nodes
    pair.studio.fetch()
    pair.laptop.sync()
    pair.choose(qtbot, chapter)
    wait(qtbot, lambda: nodes.has(row.id) and desk.window.centre.ref == chapter)
    nodes.choose([row.id])
    nodes.setFocus()
    assert nodes.chosen() == [row]
    pair.trash_there([row])
    wait(qtbot, lambda: not nodes.has(row.id))
    assert nodes.chosen() == []
    assert not desk.window.acts.trash.isEnabled()


def test_a_take_that_is_moved_to_its_own_section_does_not_leave(qtbot: QtBot, pair: Pair, tmp_path: Path) -> None:
    desk, table = pair.studio.desk, pair.studio.desk.window.centre.takes
    takes = _choose_the_second_take(qtbot, pair, tmp_path)
    desk.workbench.edits.move([Ref(Entity.TAKE, takes[1])], pair.sections[0].id, None)
    _end(qtbot, pair)
    wait(qtbot, lambda: desk.tasks.is_idle)
    table.choose([takes[1]])
    pair.studio.fetch()
    pair.laptop.sync()
    pair.trash_there([Ref(Entity.TAKE, takes[1])])
    wait(qtbot, lambda: desk.window.centre.take_model.rowCount() == 1)
    assert table.chosen() == []
