"""The command that says where every take stands, and how the library stands to its server; asks nobody."""

from __future__ import annotations

from typing import Any

from audiodesk.cli.output.answer import Answer, shown
from audiodesk.cli.output.options import AsJson
from audiodesk.cli.output.reading import open_to_read
from audiodesk.composition.standing import standing_of
from audiodesk.domain.sync.standing import Standing
from audiodesk.domain.words.errors.error_words import error_action, error_sentence
from audiodesk.domain.words.formats import rfc3339
from audiodesk.domain.words.program.status_words import status_sentence, with_trouble

__all__ = ["status"]


def status(*, as_json: AsJson = False) -> int:
    """Say where every take stands, and what waits for the server. Asks no server."""
    answer = Answer(as_json=as_json)
    with open_to_read() as core:
        cut_short = core.upkeep.is_import_cut_short()
        totals = core.catalogue.totals()
        trouble = core.database.trouble
        standing = standing_of(core)
        now = core.program.clock()
    sentence = with_trouble(status_sentence(totals), trouble)
    answer.document(
        {
            "connection": standing.connection.value,
            "sentence": sentence,
            # Only what is in the cloud counts as safe; without a cloud nothing does.
            "all_safe": totals.takes > 0 and totals.states.safe == totals.takes,
            "states": {state.value: count for state, count in totals.states.by_code.items()},
            "queue": [],
            "read_only": None if trouble is None else trouble.code,
            "projects": totals.projects,
            "sections": totals.sections,
            "recorded": totals.recorded,
            "takes": totals.takes,
            "size": totals.size,
            "trashed": totals.trashed,
            **_server(standing),
        }
    )
    answer.line(sentence)
    if standing.backend != "local" or standing.waiting or standing.account is not None:
        # Loaded only here: most commands of somebody without an account need no words for accounts.
        from audiodesk.domain.words.server.standing_words import standing_lines

        answer.lines(shown(line) for line in standing_lines(standing, now))
    if trouble is not None:
        answer.note(f"{error_sentence(trouble)} {error_action(trouble)}")
    if cut_short:
        from audiodesk.domain.words.importing.import_words import cut_short_sentence

        answer.note(cut_short_sentence())
    return 0


def _server(standing: Standing) -> dict[str, Any]:
    """Return how the library stands to its server, as far as this computer knows it."""
    account = standing.account
    return {
        "backend": standing.backend,
        "account": None
        if account is None
        else {"id": account.user_id, "email": account.email, "host": account.host, "signed_in": standing.is_signed_in},
        "unsent": standing.waiting,
        "held": standing.held,
        "synced_at": None if standing.synced_at is None else rfc3339(standing.synced_at),
        "partly_here": standing.is_partly_here,
    }
