"""The names of edits in menus: "Move chapter “3 · Salt”"."""

from __future__ import annotations

from collections.abc import Callable

from audiodesk.domain import words
from audiodesk.domain.library.edit import Edit
from audiodesk.domain.words import formats

__all__ = ["act"]

_LONGEST_TITLE = 40

_ONE: dict[str, str] = {
    "add-project": words.QT_TR_NOOP("Add project “{title}”"),
    "add-chapter": words.QT_TR_NOOP("Add chapter “{title}”"),
    "add-section": words.QT_TR_NOOP("Add section “{title}”"),
    "rename-project": words.QT_TR_NOOP("Rename project “{title}”"),
    "rename-chapter": words.QT_TR_NOOP("Rename chapter “{title}”"),
    "rename-section": words.QT_TR_NOOP("Rename section “{title}”"),
    "rename-take": words.QT_TR_NOOP("Rename take “{title}”"),
    "edit-project": words.QT_TR_NOOP("Edit properties of “{title}”"),
    "edit-chapter": words.QT_TR_NOOP("Edit chapter “{title}”"),
    "edit-section": words.QT_TR_NOOP("Edit section “{title}”"),
    "edit-take": words.QT_TR_NOOP("Edit take “{title}”"),
    "notes-project": words.QT_TR_NOOP("Edit notes of “{title}”"),
    "notes-take": words.QT_TR_NOOP("Edit notes of “{title}”"),
    "cover-project": words.QT_TR_NOOP("Change cover of “{title}”"),
    "move-project": words.QT_TR_NOOP("Move project “{title}”"),
    "move-chapter": words.QT_TR_NOOP("Move chapter “{title}”"),
    "move-section": words.QT_TR_NOOP("Move section “{title}”"),
    "move-take": words.QT_TR_NOOP("Move take “{title}”"),
    "trash-project": words.QT_TR_NOOP("Move project “{title}” to trash"),
    "trash-chapter": words.QT_TR_NOOP("Move chapter “{title}” to trash"),
    "trash-section": words.QT_TR_NOOP("Move section “{title}” to trash"),
    "trash-take": words.QT_TR_NOOP("Move take “{title}” to trash"),
    "restore-project": words.QT_TR_NOOP("Restore project “{title}”"),
    "restore-chapter": words.QT_TR_NOOP("Restore chapter “{title}”"),
    "restore-section": words.QT_TR_NOOP("Restore section “{title}”"),
    "restore-take": words.QT_TR_NOOP("Restore take “{title}”"),
    "status-section": words.QT_TR_NOOP("Change status of “{title}”"),
    "number-take": words.QT_TR_NOOP("Change number of “{title}”"),
    "choose-take": words.QT_TR_NOOP("Choose take “{title}”"),
    "retry": words.QT_TR_NOOP("Edit “{title}” again"),
    "import": words.QT_TR_NOOP("Add “{title}”"),
    "add-more-audio": words.QT_TR_NOOP("Add what follows in “{title}”"),
    "bring-back": words.QT_TR_NOOP("Bring back “{title}”"),
    "keep-repaired": words.QT_TR_NOOP("Keep repaired “{title}”"),
}
_MANY: dict[str, Callable[[int], str]] = {
    "add-chapter": lambda count: words.tr("Add {count} chapters", "Add {count} chapter", count),
    "add-section": lambda count: words.tr("Add {count} sections", "Add {count} section", count),
    "move-project": lambda count: words.tr("Move {count} projects", "Move {count} project", count),
    "move-chapter": lambda count: words.tr("Move {count} chapters", "Move {count} chapter", count),
    "move-section": lambda count: words.tr("Move {count} sections", "Move {count} section", count),
    "move-take": lambda count: words.tr("Move {count} takes", "Move {count} take", count),
    "trash-project": lambda count: words.tr("Move {count} projects to trash", "Move {count} project to trash", count),
    "trash-chapter": lambda count: words.tr("Move {count} chapters to trash", "Move {count} chapter to trash", count),
    "trash-section": lambda count: words.tr("Move {count} sections to trash", "Move {count} section to trash", count),
    "trash-take": lambda count: words.tr("Move {count} takes to trash", "Move {count} take to trash", count),
    "trash-several": lambda count: words.tr("Move {count} things to trash", "Move {count} thing to trash", count),
    "restore-project": lambda count: words.tr("Restore {count} projects", "Restore {count} project", count),
    "restore-chapter": lambda count: words.tr("Restore {count} chapters", "Restore {count} chapter", count),
    "restore-section": lambda count: words.tr("Restore {count} sections", "Restore {count} section", count),
    "restore-take": lambda count: words.tr("Restore {count} takes", "Restore {count} take", count),
    "restore-several": lambda count: words.tr("Restore {count} things", "Restore {count} thing", count),
    "status-section": lambda count: words.tr(
        "Change status of {count} sections", "Change status of {count} section", count
    ),
    "choose-take": lambda count: words.tr("Choose {count} takes", "Choose {count} take", count),
    "import": lambda count: words.tr("Add {count} files", "Add {count} file", count),
    "add-more-audio": lambda count: words.tr("Add {count} further recordings", "Add {count} further recording", count),
    "bring-back": lambda count: words.tr("Bring back {count} recordings", "Bring back {count} recording", count),
}


def act(edit: Edit) -> str:
    """Return the name of an edit to follow the word "Undo"; long titles are cut."""
    count = int(edit.params.get("count", 1))
    title = str(edit.params.get("title", ""))
    if count != 1 and edit.code in _MANY:
        return _MANY[edit.code](count).format(count=formats.number(count))
    if edit.code in _ONE and title:
        return words.tr(_ONE[edit.code]).format(title=_cut(title))
    if edit.code in _MANY:
        return _MANY[edit.code](count).format(count=formats.number(count))
    return words.tr("Edit")


def _cut(title: str) -> str:
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1].rstrip() + "…"
