"""The command that brings this library and the server into agreement."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from audiodesk.cli.frame.interrupt import INTERRUPTED, stoppable
from audiodesk.cli.output.answer import Answer
from audiodesk.cli.output.asking import waiting_word
from audiodesk.cli.output.options import AsJson
from audiodesk.cli.output.progress import progress_bar
from audiodesk.cli.output.synced import Synced, say_synced, sync_document
from audiodesk.composition import open_core
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.sync.state import SyncOutcome, SyncProgress
from audiodesk.domain.uploads.results import UploadCode, UploadOutcome
from audiodesk.domain.words.library.state_words import state_text
from audiodesk.domain.words.program.command_words import at_work

if TYPE_CHECKING:
    from audiodesk.composition.account import Account
    from audiodesk.composition.core import Core

__all__ = ["sync"]


def sync(
    *,
    no_upload: Annotated[
        bool, typer.Option("--no-upload", help="Only the list: books, takes' facts, notes, covers, order and trash.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Push, pull and upload until nothing is left to do."""
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
        uploads = None if no_upload or outcome is None else _uploaded(account, cancel)
        done = Synced(
            outcome=outcome,
            uploads=uploads or UploadOutcome(),
            refused=[found for found in account.activity.refused() if found[0].change_id not in known],
            news=account.activity.news(before),
            conflicts=[
                (conflict, [crumb.title for crumb in core.catalogue.crumbs(conflict.section)])
                for conflict in core.catalogue.conflicts()
            ],
            failed=[] if uploads is None else _failed(core, uploads),
            waiting=account.waiting(),
            here=account.activity.this_computer(),
            is_partly_here=account.is_partly_here(),
            is_stopped=outcome is None or (uploads is None and not no_upload),
        )
    answer.document(sync_document(done))
    say_synced(answer, done)
    if done.is_stopped:
        return INTERRUPTED
    if done.uploads.trouble is not None:
        raise done.uploads.trouble
    return 0 if done.is_whole else 1


def _uploaded(account: Account, cancel: threading.Event) -> UploadOutcome | None:
    """Upload what waits; None where it was stopped."""
    upload = account.one_upload

    def read() -> tuple[float, float, str] | None:
        done, whole = upload.progress()
        return (done, whole, "") if whole else None

    with progress_bar(at_work("uploading"), read):
        return upload.run(cancel)


def _failed(core: Core, uploads: UploadOutcome) -> list[tuple[str, str]]:
    """Return where each take is that needs its person, and its state in words."""
    found = []
    for result in uploads.results:
        if result.code is UploadCode.FAILED:
            take = core.catalogue.take(result.take_id)
            path = " / ".join([crumb.title for crumb in take.crumbs] + [take.row.take.file_name])
            found.append((path, state_text(take.state)))
    return found


def _synced(account: Account, cancel: threading.Event, tell: Callable[[SyncProgress], object]) -> SyncOutcome | None:
    """Sync; an error in the midst of the first sync says that what came stays (``partly_here``)."""
    try:
        return account.one_sync.run(cancel, tell)
    except AudioDeskError as error:
        with contextlib.suppress(AudioDeskError):  # the library may be what fails
            if account.is_partly_here():
                error.params["partly_here"] = True
        raise
