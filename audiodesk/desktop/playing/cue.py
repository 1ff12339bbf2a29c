"""Reads what the player bar shows of one take: its names, its waveform, and the takes before and after it."""

from __future__ import annotations

from typing import NamedTuple

from audiodesk.composition import Core
from audiodesk.domain.audio.wave import overview_of
from audiodesk.domain.errors import UserError
from audiodesk.domain.library.entities import TakeFile
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.listings import TakeDetails
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.words.library.take_words import take_among

__all__ = ["Cue", "read_cue"]

_PIECES = 2000
"""The number of peaks: as many as the bars on a wide high-resolution screen."""


class Cue(NamedTuple):
    """One take in the player bar; ``previous_id`` and ``next_id`` are the takes around it in its chapter."""

    take_id: str
    section_id: str
    title: str
    subtitle: str
    seconds: float
    overview: bytes
    previous_id: str | None
    next_id: str | None


def read_cue(core: Core, take_id: str) -> Cue:
    """Read what the player bar shows of a take. Not on the main thread. Raises UserError("not-found")."""
    details = core.catalogue.take(take_id)
    section = next((crumb for crumb in details.crumbs if crumb.entity is Entity.SECTION), None)
    chapter = next((crumb for crumb in details.crumbs if crumb.entity is Entity.CHAPTER), None)
    if section is None or chapter is None:
        raise UserError("not-found", text=take_id)
    row = details.row
    previous_id, next_id = _neighbours(core, chapter.id, section.id)
    return Cue(
        take_id=take_id,
        section_id=section.id,
        title=section.title,
        subtitle=take_among(row, core.catalogue.takes(section.id)),
        seconds=row.file.seconds if row.file is not None else 0.0,
        overview=_overview(core, details, row.file),
        previous_id=previous_id,
        next_id=next_id,
    )


def _neighbours(core: Core, chapter_id: str, section_id: str) -> tuple[str | None, str | None]:
    """Return the current takes of the nearest sections before and after that have one; None at the ends."""
    order = [node.ref.id for node in core.catalogue.children(Ref(Entity.CHAPTER, chapter_id))]
    if section_id not in order:
        return None, None
    here = order.index(section_id)
    current = {row.take.section_id: row.take.id for row in core.catalogue.playlist(chapter_id)}
    before = [current[section] for section in order[:here] if section in current]
    after = [current[section] for section in order[here + 1 :] if section in current]
    return before[-1] if before else None, after[0] if after else None


def _overview(core: Core, details: TakeDetails, file: TakeFile | None) -> bytes:
    if file is None:
        return b""
    if file.analysis_version == 0:
        core.analyser.analyse_next(file.id)
        return details.overview
    peaks = core.analyser.peaks(file)
    return overview_of(peaks, _PIECES) if peaks else details.overview
