"""What an edit is called in menus: "Move chapter “3 · Salt”"."""

from __future__ import annotations

from collections.abc import Callable

from audiodesk.domain import formats
from audiodesk.domain.edit import Edit
from audiodesk.domain.words import tr, trn

__all__ = ["act"]

_LONGEST_TITLE = 40

_ONE: dict[str, Callable[[], str]] = {
    "add-project": lambda: tr("Add project “{title}”"),
    "add-chapter": lambda: tr("Add chapter “{title}”"),
    "add-section": lambda: tr("Add section “{title}”"),
    "rename-project": lambda: tr("Rename project “{title}”"),
    "rename-chapter": lambda: tr("Rename chapter “{title}”"),
    "rename-section": lambda: tr("Rename section “{title}”"),
    "rename-take": lambda: tr("Rename take “{title}”"),
    "edit-project": lambda: tr("Edit properties of “{title}”"),
    "edit-chapter": lambda: tr("Edit chapter “{title}”"),
    "edit-section": lambda: tr("Edit section “{title}”"),
    "edit-take": lambda: tr("Edit take “{title}”"),
    "notes-project": lambda: tr("Edit notes of “{title}”"),
    "notes-take": lambda: tr("Edit notes of “{title}”"),
    "cover-project": lambda: tr("Change cover of “{title}”"),
    "move-project": lambda: tr("Move project “{title}”"),
    "move-chapter": lambda: tr("Move chapter “{title}”"),
    "move-section": lambda: tr("Move section “{title}”"),
    "move-take": lambda: tr("Move take “{title}”"),
    "trash-project": lambda: tr("Move project “{title}” to trash"),
    "trash-chapter": lambda: tr("Move chapter “{title}” to trash"),
    "trash-section": lambda: tr("Move section “{title}” to trash"),
    "trash-take": lambda: tr("Move take “{title}” to trash"),
    "restore-project": lambda: tr("Restore project “{title}”"),
    "restore-chapter": lambda: tr("Restore chapter “{title}”"),
    "restore-section": lambda: tr("Restore section “{title}”"),
    "restore-take": lambda: tr("Restore take “{title}”"),
    "status-section": lambda: tr("Change status of “{title}”"),
    "number-take": lambda: tr("Change number of “{title}”"),
    "choose-take": lambda: tr("Choose take “{title}”"),
    "import": lambda: tr("Add “{title}”"),
    "add-more-audio": lambda: tr("Add what follows in “{title}”"),
    "bring-back": lambda: tr("Bring back “{title}”"),
    "keep-repaired": lambda: tr("Keep repaired “{title}”"),
}
_MANY: dict[str, Callable[[int], str]] = {
    "add-chapter": lambda count: trn("Add {count} chapter", "Add {count} chapters", count),
    "add-section": lambda count: trn("Add {count} section", "Add {count} sections", count),
    "move-project": lambda count: trn("Move {count} project", "Move {count} projects", count),
    "move-chapter": lambda count: trn("Move {count} chapter", "Move {count} chapters", count),
    "move-section": lambda count: trn("Move {count} section", "Move {count} sections", count),
    "move-take": lambda count: trn("Move {count} take", "Move {count} takes", count),
    "trash-project": lambda count: trn("Move {count} project to trash", "Move {count} projects to trash", count),
    "trash-chapter": lambda count: trn("Move {count} chapter to trash", "Move {count} chapters to trash", count),
    "trash-section": lambda count: trn("Move {count} section to trash", "Move {count} sections to trash", count),
    "trash-take": lambda count: trn("Move {count} take to trash", "Move {count} takes to trash", count),
    "trash-several": lambda count: trn("Move {count} thing to trash", "Move {count} things to trash", count),
    "restore-project": lambda count: trn("Restore {count} project", "Restore {count} projects", count),
    "restore-chapter": lambda count: trn("Restore {count} chapter", "Restore {count} chapters", count),
    "restore-section": lambda count: trn("Restore {count} section", "Restore {count} sections", count),
    "restore-take": lambda count: trn("Restore {count} take", "Restore {count} takes", count),
    "restore-several": lambda count: trn("Restore {count} thing", "Restore {count} things", count),
    "status-section": lambda count: trn("Change status of {count} section", "Change status of {count} sections", count),
    "import": lambda count: trn("Add {count} file", "Add {count} files", count),
    "add-more-audio": lambda count: trn("Add {count} further recording", "Add {count} further recordings", count),
    "bring-back": lambda count: trn("Bring back {count} recording", "Bring back {count} recordings", count),
}


def act(edit: Edit) -> str:
    """Return the name of an edit, to stand behind "Undo"; long titles are cut."""
    count = int(edit.params.get("count", 1))
    title = str(edit.params.get("title", ""))
    if count != 1 and edit.code in _MANY:
        return _MANY[edit.code](count).format(count=formats.number(count))
    if edit.code in _ONE and title:
        return _ONE[edit.code]().format(title=_cut(title))
    if edit.code in _MANY:
        return _MANY[edit.code](count).format(count=formats.number(count))
    return tr("Edit")


def _cut(title: str) -> str:
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1].rstrip() + "…"
