"""Names rows on a terminal, one line each."""

from __future__ import annotations

from audiodesk.cli.output.answer import shown
from audiodesk.composition import Core
from audiodesk.domain.errors import UserError
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.listings import TakeRow
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.words import formats
from audiodesk.domain.words.library.state_words import state_text
from audiodesk.domain.words.library.take_words import numbered_title, take_title

__all__ = ["short_id", "take_cells", "take_line", "title_of"]

_SHORT = 8


def short_id(row_id: str) -> str:
    """Return the beginning of an id: enough to type where it is the only one that begins so."""
    return row_id[:_SHORT]


def title_of(core: Core, ref: Ref) -> str:
    """Return the title that a row has now, "Take 3" for a take without a title of its own."""
    if ref.entity is Entity.TAKE:
        return take_title(core.catalogue.take(ref.id).row)
    crumbs = core.catalogue.crumbs(ref)
    if not crumbs:
        raise UserError("not-found", text=ref.id)
    return crumbs[-1].title


def take_cells(core: Core, row: TakeRow) -> tuple[str, str]:
    """Return a take's text and its short id.

    The text is "* Take 3 · Title · file.wav · 0:42 · Silence at 0:31 · On this computer".
    """
    parts = [take_title(row), shown(row.take.file_name)]
    if row.take.title:
        parts.insert(0, numbered_title("", row.number, row.namesakes))
    if row.file is not None:
        parts.append(formats.length(row.file.seconds))
        parts += _faults(row)
    parts.append(state_text(core.catalogue.state_of(row)))
    return f"{'*' if row.is_current else ' '} {' · '.join(parts)}", short_id(row.take.id)


def take_line(core: Core, row: TakeRow) -> str:
    """Return a take in one line: its text, and its short id."""
    return "  ".join(take_cells(core, row))


def _faults(row: TakeRow) -> list[str]:
    if row.file is None or (not row.file.findings and row.original is not None and row.original.id == row.file.id):
        return []
    # Imported late: most takes have no finding, and the tree is quicker without the words for all of them.
    from audiodesk.domain.words.audio.take_fault_words import fault_label

    return [label] if (label := fault_label(row)) else []
