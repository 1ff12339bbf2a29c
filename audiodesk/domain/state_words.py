"""The state of a take in words, the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from audiodesk.domain import formats
from audiodesk.domain.states import ParentState, StateCode, TakeState
from audiodesk.domain.words import tr, trn

__all__ = ["counted_states", "parent_text", "reason_text", "state_text"]

_REASONS: dict[str, Callable[[], str]] = {
    "over_quota": lambda: tr("over quota by {over}"),
    "too_large": lambda: tr("too large by {over}"),
    "refused_type": lambda: tr("the server does not take this type"),
    "file_missing": lambda: tr("its file is missing on this computer"),
    "file_damaged": lambda: tr("its file on this computer is damaged"),
    "signed_out": lambda: tr("signed out"),
    "by_user": lambda: tr("by you"),
    "offline": lambda: tr("offline"),
    "metered": lambda: tr("metered network"),
    "server_busy": lambda: tr("server busy"),
}
_SIZES = frozenset({"over", "sent", "size"})


def state_text(state: TakeState) -> str:
    """Return the words for a take's state, with its numbers."""
    return _TEXTS[state.code](state)


def reason_text(state: TakeState) -> str:
    """Return why the state is as it is; empty where there is nothing to say."""
    template = _REASONS.get(state.reason)
    if template is None:
        return ""
    numbers = {name: formats.size(int(value)) if name in _SIZES else value for name, value in state.params.items()}
    return template().format_map({"over": "", **numbers})


def parent_text(state: ParentState) -> str:
    """Return "12 of 30 safe, 2 need you"; without an account how many takes are on this computer, and the damaged."""
    if not state.takes:
        return tr("No takes yet")
    takes = formats.number(state.takes)
    if state.cloud:
        said = [tr("{safe} of {takes} safe").format(safe=formats.number(state.safe), takes=takes)]
    else:
        said = [trn("{takes} take on this computer", "{takes} takes on this computer", state.takes).format(takes=takes)]
    return ", ".join(said + counted_states(state))


def counted_states(state: ParentState) -> list[str]:
    """Return what is going on with takes and what hinders them, worst first: ["2 need you", "3 uploading"]."""
    return [
        _COUNTED[code](count).format(count=formats.number(count))
        for code, count in state.by_code.items()
        if code in _COUNTED
    ]


def _local(state: TakeState) -> str:
    if state.reason == "not_uploaded_by_choice":
        return tr("Not uploaded, as you chose")
    if state.reason == "copy_only":
        return tr("Copy safe · original only on this computer")
    return tr("On this computer")


def _waiting(state: TakeState) -> str:
    if state.reason == "elsewhere":
        return tr("On another computer – not uploaded yet")
    place = state.params.get("place")
    return tr("Waiting") if place is None else tr("Waiting ({place})").format(place=_ordinal(int(place)))


def _uploading(state: TakeState) -> str:
    parts = [tr("Uploading")]
    sent, size = state.params.get("sent"), state.params.get("size")
    if sent is not None and size:
        parts[0] = tr("Uploading {percent} %").format(percent=formats.number(int(100 * float(sent) / float(size))))
    if rate := state.params.get("rate"):
        parts.append(tr("{size}/s").format(size=formats.size(int(rate))))
    if (left := state.params.get("left")) is not None:
        parts.append(tr("{seconds} s left").format(seconds=formats.number(float(left))))
    return " · ".join(parts)


def _remote(state: TakeState) -> str:
    if state.reason == "copy_only":
        return tr("Copy safe in cloud – original on another computer")
    return tr("Safe in cloud – fetched when played")


def _safe(state: TakeState) -> str:
    at = state.params.get("at")
    if at is None:
        return tr("Safe")
    moment = datetime.fromtimestamp(float(at) / 1000).astimezone()
    return tr("Safe · {time}").format(time=f"{moment:%H:%M}")


def _paused(state: TakeState) -> str:
    return _with_reason(tr("Paused"), state)


def _needs_user(state: TakeState) -> str:
    return _with_reason(tr("Needs you"), state)


def _retry(state: TakeState) -> str:
    seconds = state.params.get("seconds")
    head = tr("Retry") if seconds is None else tr("Retry in {seconds} s").format(seconds=formats.number(float(seconds)))
    return _with_reason(head, state)


def _conflict(state: TakeState) -> str:
    count = int(state.params.get("count", 2))
    return trn("{count} new take – choose", "{count} new takes – choose", count).format(count=formats.number(count))


def _with_reason(head: str, state: TakeState) -> str:
    reason = reason_text(state)
    return tr("{state} – {reason}").format(state=head, reason=reason) if reason else head


def _ordinal(place: int) -> str:
    teens = 10 < place % 100 < 20
    template = _ORDINALS.get(0 if teens else place % 10, _ORDINALS[0])
    return template().format(place=formats.number(place))


_ORDINALS: dict[int, Callable[[], str]] = {
    0: lambda: tr("{place}th"),
    1: lambda: tr("{place}st"),
    2: lambda: tr("{place}nd"),
    3: lambda: tr("{place}rd"),
}
_COUNTED: dict[StateCode, Callable[[int], str]] = {
    StateCode.CONFLICT: lambda count: trn("{count} waits for your choice", "{count} wait for your choice", count),
    StateCode.NEEDS_USER: lambda count: trn("{count} needs you", "{count} need you", count),
    StateCode.RETRY: lambda count: trn("{count} will be tried again", "{count} will be tried again", count),
    StateCode.PAUSED: lambda count: trn("{count} paused", "{count} paused", count),
    StateCode.UPLOADING: lambda count: trn("{count} uploading", "{count} uploading", count),
    StateCode.VERIFYING: lambda count: trn("{count} being checked", "{count} being checked", count),
    StateCode.WAITING: lambda count: trn("{count} waiting", "{count} waiting", count),
}
"""What is said of takes that are neither safe nor only on this computer, by their number."""
_TEXTS: dict[StateCode, Callable[[TakeState], str]] = {
    StateCode.CONFLICT: _conflict,
    StateCode.NEEDS_USER: _needs_user,
    StateCode.RETRY: _retry,
    StateCode.PAUSED: _paused,
    StateCode.UPLOADING: _uploading,
    StateCode.VERIFYING: lambda _: tr("Checking copy"),
    StateCode.WAITING: _waiting,
    StateCode.LOCAL: _local,
    StateCode.REMOTE: _remote,
    StateCode.SAFE: _safe,
}
