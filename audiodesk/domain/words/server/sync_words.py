"""The state of the synchronizer, what one sync did, and why the server refused an edit, in words."""

from __future__ import annotations

from audiodesk.domain import words
from audiodesk.domain.sync.activity import RefusedChange
from audiodesk.domain.sync.state import SyncCode, SyncOutcome, SyncState
from audiodesk.domain.words import formats
from audiodesk.domain.words.errors.error_words import error_sentence

__all__ = [
    "connection_why",
    "not_taken_over",
    "outcome_sentence",
    "partly_here_note",
    "refused_sentence",
    "sync_text",
    "waiting_text",
]

_STATES: dict[SyncCode, str] = {
    SyncCode.STARTING: words.QT_TR_NOOP("Starting"),
    SyncCode.OFF: words.QT_TR_NOOP("Sync is off"),
    SyncCode.OFFLINE: words.QT_TR_NOOP("Offline"),
    SyncCode.UNREACHABLE: words.QT_TR_NOOP("Server not reachable"),
    SyncCode.BLOCKED: words.QT_TR_NOOP("This network does not let AudioDesk through"),
    SyncCode.BUSY: words.QT_TR_NOOP("The server is busy"),
    SyncCode.KEYRING: words.QT_TR_NOOP("The keyring is locked"),
    SyncCode.HERE: words.QT_TR_NOOP("Trouble on this computer"),
    SyncCode.SIGNED_OUT: words.QT_TR_NOOP("Signed out"),
    SyncCode.SYNCING: words.QT_TR_NOOP("Syncing"),
    SyncCode.UP_TO_DATE: words.QT_TR_NOOP("Up to date"),
    SyncCode.NEEDS_OPERATOR: words.QT_TR_NOOP("The operator of the server must act"),
    SyncCode.ELSEWHERE: words.QT_TR_NOOP("Another AudioDesk on this computer syncs"),
}
_REFUSED: dict[str, str] = {
    "bad_value": words.QT_TR_NOOP("The server does not take this value."),
    "not_possible": words.QT_TR_NOOP("The server could not apply this edit."),
    "too_large": words.QT_TR_NOOP("It is too large for the server."),
    "too_long": words.QT_TR_NOOP("The text is too long for the server."),
    "too_much": words.QT_TR_NOOP("The server's database has no room left for this account."),
    "unknown_row": words.QT_TR_NOOP("The server does not have what was edited."),
}


def sync_text(state: SyncState) -> str:
    """Return a word or a few for the status bar: "Offline", "Syncing – 214 left"."""
    text = words.tr(_STATES[state.code])
    if state.code is SyncCode.SYNCING and state.progress.waiting > 1:
        return words.tr("{text} – {count} left").format(text=text, count=formats.number(state.progress.waiting))
    return text


def waiting_text(state: SyncState) -> str:
    """Return how many edits wait, and why; empty if none do."""
    if state.held:
        return words.tr(
            "{count} edits wait because the server needs an update",
            "{count} edit waits because the server needs an update",
            state.held,
        ).format(count=formats.number(state.held))
    if not state.waiting:
        return ""
    return words.tr("{count} edits wait to be sent", "{count} edit waits to be sent", state.waiting).format(
        count=formats.number(state.waiting)
    )


def connection_why(state: SyncState, now: int) -> str:
    """Return the reason for the state, what waits, and the time of the last sync, in a line each.

    ``now`` in milliseconds since 1970 UTC.
    """
    lines = []
    if state.code is SyncCode.ELSEWHERE or (state.code is SyncCode.SYNCING and state.progress.waiting > 1):
        lines.append(sync_text(state))
    if state.error is not None and state.error.params.get("host") != "":  # without a name there is nothing to add
        lines.append(error_sentence(state.error))
    if state.is_partly_here:
        lines.append(words.tr("A part of your library has not come yet. It follows as soon as the server answers."))
    if waiting := waiting_text(state):
        lines.append(waiting)
    if state.synced_at is not None:
        lines.append(words.tr("Last sync: {when}").format(when=formats.moment(state.synced_at, now)))
    return "\n".join(lines)


def not_taken_over(count: int) -> str:
    """Return the notice that the server refused edits made here."""
    return words.tr(
        "The server did not take over {count} edits made here. What you typed is kept in Activity.",
        "The server did not take over {count} edit made here. What you typed is kept in Activity.",
        count,
    ).format(count=formats.number(count))


def outcome_sentence(outcome: SyncOutcome) -> str:
    """Return what one sync did, such as "12 edits sent, 30 rows came."."""
    if not outcome.pushed and not outcome.pulled:
        return words.tr("Up to date.")
    sent = words.tr("{count} edits sent", "{count} edit sent", outcome.pushed)
    came = words.tr("{count} rows came", "{count} row came", outcome.pulled)
    return words.tr("{sent}, {came}.").format(
        sent=sent.format(count=formats.number(outcome.pushed)), came=came.format(count=formats.number(outcome.pulled))
    )


def partly_here_note() -> str:
    """Return what ``sync`` says where it ends in the midst of the first one."""
    return words.tr("A part of your library has come and stays here. The next `sync` goes on from there.")


def refused_sentence(refused: RefusedChange) -> str:
    """Return why the server refused an edit; its own sentence where the code is not known."""
    known = _REFUSED.get(refused.code)
    return words.tr(known) if known is not None else refused.message or refused.code
