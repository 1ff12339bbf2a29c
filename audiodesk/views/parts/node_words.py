"""Describes the counts of a project, a chapter or a section, for the tree and the tables."""

from __future__ import annotations

from audiodesk.domain import words
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import TreeNode
from audiodesk.domain.words import formats
from audiodesk.domain.words.library.section_words import status_word
from audiodesk.domain.words.library.state_words import parent_text

__all__ = ["counts_sentence", "counts_short", "noun", "repaired_text"]


def counts_short(node: TreeNode) -> str:
    """Return the short text at the end of a row: a dash where there is nothing yet, else what is done.

    Once takes go to the cloud "12/30" safe takes; before, "41/63" recorded sections; for a section "3" takes.
    """
    if node.ref.entity is Entity.SECTION:
        return formats.number(node.takes) if node.takes > 0 else ("–" if node.takes == 0 else "")
    if node.sections < 0:
        return ""
    if node.sections == 0:
        return "–"
    if node.states.goes_up:
        return f"{formats.number(node.states.safe)}/{formats.number(node.states.takes)}"
    return f"{formats.number(node.recorded)}/{formats.number(node.sections)}"


def counts_sentence(node: TreeNode) -> str:
    """Return the same in words: "41 of 63 sections recorded, 1:02:07", "Retake, 3 takes, 9:32"."""
    if node.ref.entity is Entity.SECTION:
        status = "" if node.status is None else f"{status_word(node.status)}, "
        if node.takes <= 0:
            return status + (words.tr("no take yet") if status else words.tr("No take yet"))
        text = status + words.tr("{count} takes", "{count} take", node.takes).format(count=formats.number(node.takes))
    elif node.sections <= 0:
        return words.tr("No sections yet")
    else:
        text = words.tr(
            "{recorded} of {count} sections recorded", "{recorded} of {count} section recorded", node.sections
        ).format(recorded=formats.number(node.recorded), count=formats.number(node.sections))
    if node.seconds > 0:
        text += f", {formats.length(node.seconds)}"
    if node.warnings > 0:
        text += ", " + words.tr("{count} with a warning", "{count} with a warning", node.warnings).format(
            count=formats.number(node.warnings)
        )
    if node.repaired > 0:
        is_section = node.ref.entity is Entity.SECTION
        text += ", " + (words.tr("repaired") if is_section else repaired_text(node))
    if not node.states.is_plain:
        text += ", " + parent_text(node.states)
    return text


def repaired_text(node: TreeNode) -> str:
    """Return "Repaired" for a section whose current take is a repaired half, else how many of these it contains."""
    if node.ref.entity is Entity.SECTION:
        return words.tr("Repaired")
    return words.tr("{count} repaired", "{count} repaired", node.repaired).format(count=formats.number(node.repaired))


def noun(entity: Entity) -> str:
    """Return the entity as a word for a heading or a column."""
    if entity is Entity.PROJECT:
        return words.tr("Project")
    if entity is Entity.CHAPTER:
        return words.tr("Chapter")
    if entity is Entity.SECTION:
        return words.tr("Section")
    return words.tr("Take")
