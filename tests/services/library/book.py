"""What the tests of edits share: finding a node, and comparing the tree after undo and redo."""

from __future__ import annotations

from audiodesk.domain.library.read_model import Ref
from tests.library_support import Desk


def find(desk: Desk, path: str) -> Ref:
    return desk.catalogue.resolve(path)


def undone_and_redone(desk: Desk, before: object, after: object) -> None:
    """Assert that undo of the last edit gives ``before``, and redo ``after`` again (both as ``Desk.tree()``)."""
    assert desk.tree() == after
    desk.library.undo()
    assert desk.tree() == before
    desk.library.redo()
    assert desk.tree() == after
