"""Decides which of the window's actions are possible with what is chosen and shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audiodesk.domain import words
from audiodesk.domain.library.entity import Entity

if TYPE_CHECKING:
    from audiodesk.views.frame.main_window import MainWindow

__all__ = ["allow_acts"]


def allow_acts(window: MainWindow) -> None:
    """Enable the actions that apply to the chosen rows, and disable the others."""
    a = window.acts
    chosen = window.chosen.rows()
    one = chosen[0] if len(chosen) == 1 else None
    shown = window.centre.ref
    entity = one.entity if one else None
    same = len({ref.entity for ref in chosen}) == 1
    is_take = entity is Entity.TAKE
    in_tree = window.tree.current()
    a.rename.setEnabled(one is not None)
    a.trash.setEnabled(bool(chosen))
    for act, can_move in zip((a.move_up, a.move_down), window.chosen.can_move(), strict=True):
        act.setEnabled(can_move)
    a.move_to.setEnabled(same and chosen[0].entity is not Entity.PROJECT if chosen else False)
    a.new_chapter.setEnabled(in_tree is not None)
    a.new_section.setEnabled(in_tree is not None and in_tree.entity is not Entity.PROJECT)
    a.add_many.setEnabled(in_tree is not None)
    below_chapter = in_tree is not None and in_tree.entity is not Entity.PROJECT
    a.add_many.setText(words.tr("Add many sections…") if below_chapter else words.tr("Add many chapters…"))
    a.properties.setEnabled(in_tree is not None)
    a.make_current.setEnabled(is_take)
    is_section = shown is not None and shown.entity is Entity.SECTION
    has_previous = is_section and window.centre.take_model.has_previous and window.page is None
    a.previous_take.setEnabled(has_previous)
    window.details.take.allow_previous(is_allowed=has_previous)
    a.edit_notes.setEnabled(is_take)
    sections = window.chosen.sections()
    statuses = {None if (node := window.tree_model.node_of(ref.id)) is None else node.status for ref in sections}
    for status, act in a.status_acts().items():
        act.setEnabled(bool(sections))
        act.setChecked(statuses == {status})
    a.play_take.setEnabled(is_take or (shown is not None and shown.entity is Entity.SECTION))
    a.play_chapter.setEnabled(in_tree is not None and in_tree.entity is not Entity.PROJECT)
