"""The command that brings this library and the server into agreement."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from audiodesk.cli.frame.interrupt import INTERRUPTED, stoppable
from audiodesk.cli.output.answer import Answer, shown
from audiodesk.cli.output.asking import waiting_word
from audiodesk.cli.output.options import AsJson
from audiodesk.cli.output.progress import progress_bar
from audiodesk.composition import open_core
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.library.conflict import Conflict
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.sync.activity import Activity, RefusedChange
from audiodesk.domain.sync.state import SyncOutcome, SyncProgress
from audiodesk.domain.words.library.conflict_words import choice_hint, conflict_line
from audiodesk.domain.words.program.command_words import at_work, stopped
from audiodesk.domain.words.server.happened_words import news_line
from audiodesk.domain.words.server.sync_words import (
    no_upload_note,
    outcome_sentence,
    partly_here_note,
    refused_sentence,
)

if TYPE_CHECKING:
    from audiodesk.composition.account import Account

__all__ = ["sync"]


def sync(
    *,
    no_upload: Annotated[
        bool, typer.Option("--no-upload", help="Only the list: books, takes' facts, notes, covers, order and trash.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Push and pull until nothing is left to do."""
    answer = Answer(as_json=as_json)
    latest = [SyncProgress()]

    def read() -> tuple[float, float, str] | None:
        done, waiting = latest[0].pushed, latest[0].waiting
        return (done, done + waiting, "") if done + waiting else None

    def tell(progress: SyncProgress) -> None:
        latest[0] = progress

    with open_core(face="command") as core, stoppable() as cancel, core.sign_in() as account:
        known = {found.change_id for found, _ in account.activity.refused()}
        before = account.activity.entries()
        with waiting_word(account.sign_in.host, account.sign_in.asking_for), progress_bar(at_work("syncing"), read):
            outcome = _synced(account, cancel, tell)
        refused = [found for found in account.activity.refused() if found[0].change_id not in known]
        waiting, here = account.waiting(), account.activity.this_computer()
        is_partly_here = account.is_partly_here()
        news = account.activity.news(before)
        conflicts = [
            (conflict, [crumb.title for crumb in core.catalogue.crumbs(conflict.section)])
            for conflict in core.catalogue.conflicts()
        ]
    document = _document(outcome, [found for found, _ in refused], waiting)
    document["summary"] |= {"conflicts": len(conflicts), "partly_here": is_partly_here}
    answer.document({**document, "news": [_news(entry) for entry in news], "conflicts": _choices(conflicts)})
    for entry in news:
        answer.line(shown(news_line(entry, here)))
    for found, path in refused:
        answer.line(shown(f"{' / '.join(path) or found.ref.id}: {refused_sentence(found)}"))
    for conflict, titles in conflicts:
        answer.line(shown(f"{' / '.join(titles)}: {conflict_line(conflict)}"))
    if conflicts:
        answer.note(choice_hint())
    if outcome is None:
        answer.note(stopped())
        if is_partly_here:
            answer.note(partly_here_note())
        return INTERRUPTED
    answer.line(outcome_sentence(outcome))
    if not no_upload:
        answer.note(no_upload_note())
    return 1 if refused or outcome.held else 0


def _synced(account: Account, cancel: threading.Event, tell: Callable[[SyncProgress], object]) -> SyncOutcome | None:
    """Sync; an error in the midst of the first sync says that what came stays (``partly_here``)."""
    try:
        return account.one_sync.run(cancel, tell)
    except AudioDeskError as error:
        with contextlib.suppress(AudioDeskError):  # the library may be what fails
            if account.is_partly_here():
                error.params["partly_here"] = True
        raise


def _document(outcome: SyncOutcome | None, refused: list[RefusedChange], waiting: int) -> dict[str, Any]:
    done = outcome or SyncOutcome()
    return {
        "items": [
            {
                "take": found.ref.id if found.ref.entity is Entity.TAKE else None,
                "entity": found.ref.entity.value,
                "id": found.ref.id,
                "result": "failed",
                "reason": found.code,
                "fields": dict(found.fields),
            }
            for found in refused
        ],
        "summary": {
            "uploaded": 0,
            "present": 0,
            "waiting": waiting,
            "paused": 0,
            "failed": len(refused),
            "pushed": done.pushed,
            "pulled": done.pulled,
            "held": done.held,
            "recovered": done.recoveries,
        },
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


def _choices(conflicts: Sequence[tuple[Conflict, Sequence[str]]]) -> list[dict[str, Any]]:
    return [
        {
            "section": conflict.section.id,
            "title": conflict.title,
            "takes": [
                {"take": take.take_id, "number": take.number, "computer": take.computer} for take in conflict.takes
            ],
        }
        for conflict, _titles in conflicts
    ]
