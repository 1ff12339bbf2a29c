"""The tree's numbers while the first sync brings a library, and at its end."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from pytestqt.qtbot import QtBot

from audiodesk.domain.library.read_model import NodeCounts, Ref
from tests.desktop.window import open_desk, wait


def test_no_row_is_counted_again_before_the_first_sync_is_at_its_end(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_desk(qtbot, lambda core: core.library.add_project("Book")) as (core, desk):
        tree = desk.workbench.tree
        wait(qtbot, lambda: desk.tasks.is_idle)
        counted: list[str] = []
        count = core.tree.counts

        def counts(refs: Iterable[Ref]) -> dict[str, NodeCounts]:
            found = count(refs)
            counted.extend(found)
            return found

        monkeypatch.setattr(core.tree, "counts", counts)
        project = core.tree.children(None)[0].ref
        tree.wait(is_coming=True)
        core.library.add_chapter(project.id, "One")
        wait(qtbot, lambda: bool(tree._to_count))
        tree._begin_round()
        assert not tree._is_counting
        assert project.id not in counted
        tree.wait(is_coming=False)
        wait(qtbot, lambda: project.id in counted)
