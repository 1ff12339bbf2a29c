"""The tree's numbers while the first sync brings a library, and at its end."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from pytestqt.qtbot import QtBot

from audiodesk.composition import Core
from audiodesk.domain.library.read_model import NodeCounts, Ref
from audiodesk.domain.sync.state import SyncCode, SyncState
from tests.desktop.window import open_desk, wait

pytestmark = pytest.mark.slow  # the file as a whole


def counted_rows(core: Core, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that gets the id of each row that is counted from now on."""
    counted: list[str] = []
    count = core.tree.counts

    def counts(refs: Iterable[Ref]) -> dict[str, NodeCounts]:
        found = count(refs)
        counted.extend(found)
        return found

    monkeypatch.setattr(core.tree, "counts", counts)
    return counted


def test_no_row_is_counted_again_before_the_first_sync_is_at_its_end(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_desk(qtbot, lambda core: core.library.add_project("Book")) as (core, desk):
        tree = desk.workbench.tree
        wait(qtbot, lambda: desk.tasks.is_idle)
        counted = counted_rows(core, monkeypatch)
        project = core.tree.children(None)[0].ref
        tree.wait(is_coming=True)
        core.library.add_chapter(project.id, "One")
        wait(qtbot, lambda: bool(tree._to_count))
        tree._begin_round()
        assert not tree._is_counting
        assert project.id not in counted
        tree.wait(is_coming=False)
        wait(qtbot, lambda: project.id in counted)


@pytest.mark.parametrize("code", [SyncCode.OFFLINE, SyncCode.SIGNED_OUT, SyncCode.OFF])
def test_rows_are_counted_again_while_a_first_sync_that_was_cut_short_cannot_go_on(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, code: SyncCode
) -> None:
    """Without a network for days, say: what the person adds meanwhile is counted."""
    with open_desk(qtbot, lambda core: core.library.add_project("Book")) as (core, desk):
        workbench = desk.workbench
        wait(qtbot, lambda: desk.tasks.is_idle)
        counted = counted_rows(core, monkeypatch)
        project = core.tree.children(None)[0].ref
        workbench._show_sync(SyncState(SyncCode.SYNCING, is_partly_here=True))
        core.library.add_chapter(project.id, "One")
        wait(qtbot, lambda: bool(workbench.tree._to_count))
        workbench.tree._begin_round()
        assert project.id not in counted
        workbench._show_sync(SyncState(code, is_partly_here=True))
        wait(qtbot, lambda: project.id in counted)
