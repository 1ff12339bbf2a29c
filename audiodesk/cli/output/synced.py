"""What ``sync`` answers: words for people, and the document for scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from audiodesk.cli.output.answer import Answer, shown
from audiodesk.domain.library.conflict import Conflict
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.sync.activity import Activity, RefusedChange
from audiodesk.domain.sync.state import SyncOutcome
from audiodesk.domain.uploads.results import UploadCode, UploadOutcome
from audiodesk.domain.words.library.conflict_words import choice_hint, conflict_line
from audiodesk.domain.words.program.command_words import stopped
from audiodesk.domain.words.server.happened_words import news_line
from audiodesk.domain.words.server.sync_words import outcome_sentence, partly_here_note, refused_sentence
from audiodesk.domain.words.server.upload_words import upload_sentences

__all__ = ["Synced", "say_synced", "sync_document"]


@dataclass(frozen=True, slots=True)
class Synced:
    """What one ``sync`` did; ``outcome`` is None where it was stopped before the end of the list's sync."""

    outcome: SyncOutcome | None
    uploads: UploadOutcome
    refused: Sequence[tuple[RefusedChange, Sequence[str]]]
    """With the titles of the path to each row."""
    news: Sequence[Activity]
    conflicts: Sequence[tuple[Conflict, Sequence[str]]]
    failed: Sequence[tuple[str, str]]
    """The path of each take that needs its person, and its state in words."""
    waiting: int
    """Edits that the server has not answered."""
    here: str
    is_partly_here: bool
    is_stopped: bool

    @property
    def is_whole(self) -> bool:
        """Whether nothing was refused, failed, or waits for an update of the server."""
        held = self.outcome is not None and self.outcome.held
        return not (self.refused or held or self.uploads.counts[UploadCode.FAILED])


def say_synced(answer: Answer, done: Synced) -> None:
    """Print what came, what was refused, what is to be chosen, and what went up."""
    for entry in done.news:
        answer.line(shown(news_line(entry, done.here)))
    for found, path in done.refused:
        answer.line(shown(f"{' / '.join(path) or found.ref.id}: {refused_sentence(found)}"))
    for conflict, titles in done.conflicts:
        answer.line(shown(f"{' / '.join(titles)}: {conflict_line(conflict)}"))
    if done.conflicts:
        answer.note(choice_hint())
    for where, text in done.failed:
        answer.line(shown(f"{where}: {text}"))
    if done.outcome is not None:
        answer.line(outcome_sentence(done.outcome))
    answer.lines(upload_sentences(done.uploads))
    if done.is_stopped:
        answer.note(stopped())
        if done.is_partly_here:
            answer.note(partly_here_note())


def sync_document(done: Synced) -> dict[str, Any]:
    """Return the document; edits that wait are counted with the takes that do."""
    outcome, counts = done.outcome or SyncOutcome(), done.uploads.counts
    return {
        "items": [_refused(found) for found, _ in done.refused]
        + [
            {"take": each.take_id, "result": each.code.value, "reason": each.reason or each.paused_by}
            for each in done.uploads.results
        ],
        "summary": {
            "uploaded": counts[UploadCode.UPLOADED],
            "present": counts[UploadCode.PRESENT],
            "waiting": done.waiting + counts[UploadCode.WAITING],
            "paused": counts[UploadCode.PAUSED],
            "failed": len(done.refused) + counts[UploadCode.FAILED],
            "pushed": outcome.pushed,
            "pulled": outcome.pulled,
            "held": outcome.held,
            "recovered": outcome.recoveries,
            "conflicts": len(done.conflicts),
            "partly_here": done.is_partly_here,
        },
        "news": [_news(entry) for entry in done.news],
        "conflicts": [_choice(conflict) for conflict, _ in done.conflicts],
    }


def _refused(found: RefusedChange) -> dict[str, Any]:
    return {
        "take": found.ref.id if found.ref.entity is Entity.TAKE else None,
        "entity": found.ref.entity.value,
        "id": found.ref.id,
        "result": "failed",
        "reason": found.code,
        "fields": dict(found.fields),
    }


def _news(entry: Activity) -> dict[str, Any]:
    """Return an entry of Activity; ``title``, ``former`` and numbers as far as its kind has them."""
    ref = entry.ref
    return {
        "what": entry.what.value,
        "entity": None if ref is None else ref.entity.value,
        "id": None if ref is None else ref.id,
        "computer": entry.device_title or None,
        **entry.params,
    }


def _choice(conflict: Conflict) -> dict[str, Any]:
    return {
        "section": conflict.section.id,
        "title": conflict.title,
        "takes": [{"take": take.take_id, "number": take.number, "computer": take.computer} for take in conflict.takes],
    }
