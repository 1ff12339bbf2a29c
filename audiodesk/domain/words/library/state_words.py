"""The state of a take in words, which are the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from audiodesk.domain import words
from audiodesk.domain.library.states import ParentState, StateCode, TakeState
from audiodesk.domain.words import formats

__all__ = ["counted_states", "parent_text", "reason_text", "state_text"]

_REASONS: dict[str, str] = {
    "over_quota": words.QT_TR_NOOP("over quota by {over}"),
    "too_large": words.QT_TR_NOOP("too large by {over}"),
    "refused_type": words.QT_TR_NOOP("the server does not take this type"),
    "file_missing": words.QT_TR_NOOP("its file is missing on this computer"),
    "file_damaged": words.QT_TR_NOOP("its file on this computer is damaged"),
    "signed_out": words.QT_TR_NOOP("signed out"),
    "by_user": words.QT_TR_NOOP("by you"),
    "offline": words.QT_TR_NOOP("offline"),
    "metered": words.QT_TR_NOOP("metered network"),
    "server_busy": words.QT_TR_NOOP("server busy"),
    "server_away": words.QT_TR_NOOP("server not reachable"),
    "server_owner": words.QT_TR_NOOP("the server's owner must act"),
    "this_computer": words.QT_TR_NOOP("trouble on this computer"),
    "connection_lost": words.QT_TR_NOOP("connection lost"),
    "unexpected": words.QT_TR_NOOP("an error of AudioDesk"),
    "refused": words.QT_TR_NOOP("the server does not take it"),
}
_SIZES = frozenset({"over", "sent", "size"})


def state_text(state: TakeState) -> str:
    """Return the words for a take's state, with its numbers."""
    return _TEXTS[state.code](state)


def reason_text(state: TakeState) -> str:
    """Return the reason for the state; empty if there is nothing to add."""
    template = _REASONS.get(state.reason)
    if template is None:
        return ""
    numbers = {name: formats.size(int(value)) if name in _SIZES else value for name, value in state.params.items()}
    return words.tr(template).format_map({"over": "", **numbers})


def parent_text(state: ParentState) -> str:
    """Return "12 of 30 safe, 2 need you"; before any take is in the cloud, how many takes there are and where."""
    if not state.takes:
        return words.tr("No takes yet")
    takes = formats.number(state.takes)
    if state.goes_up:
        head = words.tr("{safe} of {takes} safe").format(safe=formats.number(state.safe), takes=takes)
    elif state.elsewhere or StateCode.CONFLICT in state.by_code:  # not all of them may be here
        head = words.tr("{takes} takes", "{takes} take", state.takes).format(takes=takes)
    else:
        head = words.tr("{takes} takes on this computer", "{takes} take on this computer", state.takes).format(
            takes=takes
        )
    return ", ".join([head, *counted_states(state)])


def counted_states(state: ParentState) -> list[str]:
    """Return counts of takes in progress, in trouble or elsewhere, worst first: ["2 need you", "3 uploading"]."""
    counts = state.by_code
    elsewhere = state.elsewhere
    if elsewhere:
        counts[StateCode.WAITING] -= elsewhere
    said = [
        _COUNTED[code](count).format(count=formats.number(count))
        for code, count in counts.items()
        if count and code in _COUNTED
    ]
    if elsewhere:
        there = words.tr("{count} on another computer", "{count} on another computer", elsewhere)
        said.append(there.format(count=formats.number(elsewhere)))
    return said


def _local(state: TakeState) -> str:
    if state.reason == "not_uploaded_by_choice":
        return words.tr("Not uploaded, as you chose")
    if state.reason == "copy_only":
        return words.tr("Copy safe · original only on this computer")
    return words.tr("On this computer")


def _waiting(state: TakeState) -> str:
    if state.reason == "elsewhere":
        return words.tr("On another computer – not uploaded yet")
    place = state.params.get("place")
    return words.tr("Waiting") if place is None else words.tr("Waiting ({place})").format(place=_ordinal(int(place)))


def _uploading(state: TakeState) -> str:
    parts = [words.tr("Uploading")]
    sent, size = state.params.get("sent"), state.params.get("size")
    if sent is not None and size:
        parts[0] = words.tr("Uploading {percent} %").format(
            percent=formats.number(int(100 * float(sent) / float(size)))
        )
    if rate := state.params.get("rate"):
        parts.append(words.tr("{size}/s").format(size=formats.size(int(rate))))
    if (left := state.params.get("left")) is not None:
        parts.append(words.tr("{seconds} s left").format(seconds=formats.number(float(left))))
    return " · ".join(parts)


def _remote(state: TakeState) -> str:
    if state.reason == "copy_only":
        return words.tr("Copy safe in cloud – original on another computer")
    return words.tr("Safe in cloud – fetched when played")


def _safe(state: TakeState) -> str:
    at = state.params.get("at")
    if at is None:
        return words.tr("Safe")
    moment = datetime.fromtimestamp(float(at) / 1000).astimezone()
    return words.tr("Safe · {time}").format(time=f"{moment:%H:%M}")


def _paused(state: TakeState) -> str:
    return _with_reason(words.tr("Paused"), state)


def _needs_user(state: TakeState) -> str:
    return _with_reason(words.tr("Needs you"), state)


def _retry(state: TakeState) -> str:
    seconds = state.params.get("seconds")
    head = (
        words.tr("Retry")
        if seconds is None
        else words.tr("Retry in {seconds} s").format(seconds=formats.number(float(seconds)))
    )
    return _with_reason(head, state)


def _conflict(state: TakeState) -> str:
    count = int(state.params.get("count", 2))
    return words.tr("{count} new takes – choose", "{count} new take – choose", count).format(
        count=formats.number(count)
    )


def _with_reason(head: str, state: TakeState) -> str:
    reason = reason_text(state)
    return words.tr("{state} – {reason}").format(state=head, reason=reason) if reason else head


def _ordinal(place: int) -> str:
    teens = 10 < place % 100 < 20
    template = _ORDINALS.get(0 if teens else place % 10, _ORDINALS[0])
    return words.tr(template).format(place=formats.number(place))


_ORDINALS: dict[int, str] = {
    0: words.QT_TR_NOOP("{place}th"),
    1: words.QT_TR_NOOP("{place}st"),
    2: words.QT_TR_NOOP("{place}nd"),
    3: words.QT_TR_NOOP("{place}rd"),
}
_COUNTED: dict[StateCode, Callable[[int], str]] = {
    StateCode.CONFLICT: lambda count: words.tr("{count} wait for your choice", "{count} waits for your choice", count),
    StateCode.NEEDS_USER: lambda count: words.tr("{count} need you", "{count} needs you", count),
    StateCode.RETRY: lambda count: words.tr("{count} will be tried again", "{count} will be tried again", count),
    StateCode.PAUSED: lambda count: words.tr("{count} paused", "{count} paused", count),
    StateCode.UPLOADING: lambda count: words.tr("{count} uploading", "{count} uploading", count),
    StateCode.VERIFYING: lambda count: words.tr("{count} being checked", "{count} being checked", count),
    StateCode.WAITING: lambda count: words.tr("{count} waiting", "{count} waiting", count),
}
"""Words by number for takes that are neither safe nor only on this computer."""
_TEXTS: dict[StateCode, Callable[[TakeState], str]] = {
    StateCode.CONFLICT: _conflict,
    StateCode.NEEDS_USER: _needs_user,
    StateCode.RETRY: _retry,
    StateCode.PAUSED: _paused,
    StateCode.UPLOADING: _uploading,
    StateCode.VERIFYING: lambda _: words.tr("Checking copy"),
    StateCode.WAITING: _waiting,
    StateCode.LOCAL: _local,
    StateCode.REMOTE: _remote,
    StateCode.SAFE: _safe,
}
