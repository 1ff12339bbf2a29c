"""Computes the state of a take, and of rows that hold takes, from facts; states are never stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Literal, NamedTuple

__all__ = [
    "DAMAGE",
    "NO_TAKES",
    "ParentState",
    "StateCode",
    "TakeFacts",
    "TakeState",
    "UploadFacts",
    "add_states",
    "multiplied",
    "take_state",
    "upload_facts",
]


class StateCode(StrEnum):
    """The words of the JSON document, worst first: a parent shows the worst state of its takes."""

    CONFLICT = "conflict"
    NEEDS_USER = "needs_user"
    RETRY = "retry"
    PAUSED = "paused"
    UPLOADING = "uploading"
    VERIFYING = "verifying"
    WAITING = "waiting"
    LOCAL = "local"
    REMOTE = "remote"
    SAFE = "safe"


_RANK = {code: rank for rank, code in enumerate(StateCode)}
_COUNTS_AS_SAFE = frozenset({StateCode.SAFE, StateCode.REMOTE})
DAMAGE = frozenset({"file_missing", "file_damaged"})
"""Reasons of ``needs_user`` about the file on this computer, with or without an account."""
_COPY_ONLY = "copy_only"
_ELSEWHERE = "elsewhere"

Params = Mapping[str, str | int | float]
_NO_PARAMS: Params = MappingProxyType({})


class TakeState(NamedTuple):
    """The state of a take: a code, the reason and the numbers; ``state_words.state_text`` makes the text."""

    code: StateCode
    reason: str = ""
    params: Params = _NO_PARAMS


class UploadFacts(NamedTuple):
    """The facts about an unfinished upload of a take's file."""

    needs: str = ""
    """Why the person must act: ``over_quota``, ``too_large``, ``refused_type``, ``file_missing``, …"""
    retry_reason: str = ""
    """Why it will be retried without the person: ``server_busy``, …"""
    paused_by: str = ""
    """``by_user``, ``offline``, ``metered`` or ``signed_out``."""
    stage: Literal["waiting", "uploading", "verifying"] = "waiting"
    retry_at: int | None = None
    """When it is tried again, in milliseconds since 1970 UTC."""
    params: Params = _NO_PARAMS
    """The numbers for these: ``over``, ``sent``, ``size``, ``rate``, ``left``, ``place``."""


class TakeFacts(NamedTuple):
    """The facts that determine a take's state. Without an account, or with the back end ``local``, ``cloud`` is False.

    ``damage`` counts with or without an account.
    """

    cloud: bool = False
    conflict: int = 0
    """Number of live takes that replace the same take from different computers; 0 without a conflict."""
    wanted: bool = True
    """Whether the person wants it uploaded."""
    here: bool = True
    """Whether the file is in this computer's vault."""
    damage: str = ""
    """``file_missing`` or ``file_damaged`` if the vault should have the file and does not have it sound."""
    verified_at: int | None = None
    """When the original (or repaired) file was verified in the cloud, in milliseconds since 1970 UTC."""
    verified_how: str = ""
    """``safe`` or ``full``."""
    copy_verified: bool = False
    """Whether a smaller copy was verified."""
    upload: UploadFacts | None = None


class ParentState(NamedTuple):
    """The states of the takes in a project, chapter or section, as counts."""

    counts: Mapping[tuple[StateCode, str], int] = MappingProxyType({})
    """Number of takes by state and reason."""
    cloud: bool = False
    """Whether the library has an account and the back end is not ``local``."""

    @property
    def code(self) -> StateCode | None:
        """The worst state of any take; None without takes."""
        return min((code for code, _ in self.counts), key=_RANK.__getitem__, default=None)

    @property
    def takes(self) -> int:
        """The number of takes."""
        return sum(self.counts.values())

    @property
    def safe(self) -> int:
        """Number of takes verified in the cloud, with or without a file here; a smaller copy alone is not enough."""
        return sum(
            count for (code, reason), count in self.counts.items() if code in _COUNTS_AS_SAFE and reason != _COPY_ONLY
        )

    @property
    def unsound(self) -> int:
        """Number of takes whose file was found missing or damaged on this computer."""
        return sum(count for (_, reason), count in self.counts.items() if reason in DAMAGE)

    @property
    def elsewhere(self) -> int:
        """Number of takes whose audio is only on another computer."""
        return self.counts.get((StateCode.WAITING, _ELSEWHERE), 0)

    @property
    def goes_up(self) -> bool:
        """Whether any take is in the cloud, on its way there, or kept out of it, so that "safe" is a question at all.

        A sign-in alone moves no audio: until then takes are counted as without an account.
        """
        return self.cloud and any(
            code is not StateCode.CONFLICT and reason not in DAMAGE and (code, reason) not in _NOT_IN_CLOUD
            for code, reason in self.counts
        )

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing to say of the takes but that they are on this computer, or none."""
        return self.counts.keys() <= {(StateCode.LOCAL, "")}

    @property
    def by_code(self) -> dict[StateCode, int]:
        """Number of takes by state, worst first, without zeros."""
        found = dict.fromkeys(StateCode, 0)
        for (code, _), count in self.counts.items():
            found[code] += count
        return {code: count for code, count in found.items() if count}


_NOT_IN_CLOUD = frozenset({(StateCode.LOCAL, ""), (StateCode.WAITING, _ELSEWHERE)})
NO_TAKES = ParentState()


def take_state(facts: TakeFacts, now: int = 0) -> TakeState:
    """Return the state of a take: the first of the ten that applies, in the order of ``StateCode``.

    ``now`` (milliseconds since 1970 UTC) matters only for the seconds until a retry.
    """
    if facts.cloud and facts.conflict:
        return TakeState(StateCode.CONFLICT, params={"count": facts.conflict})
    if facts.damage:
        return TakeState(StateCode.NEEDS_USER, facts.damage)
    if not facts.cloud:
        return TakeState(StateCode.LOCAL)
    upload = facts.upload
    if upload is not None:
        return _of_upload(upload, now)
    return _at_rest(facts)


def add_states(parts: Iterable[ParentState]) -> ParentState:
    """Return the states of all takes in ``parts`` together."""
    counts: dict[tuple[StateCode, str], int] = {}
    cloud = False
    for part in parts:
        cloud = cloud or part.cloud
        for state, count in part.counts.items():
            counts[state] = counts.get(state, 0) + count
    return ParentState(counts, cloud)


def multiplied(states: ParentState, times: int) -> ParentState:
    """Return the states of so many equal parts together."""
    return ParentState({state: count * times for state, count in states.counts.items()}, states.cloud)


def upload_facts(
    *,
    reason: str | None,
    retry_at: int | None,
    paused_by: str | None,
    is_begun: bool,
    is_sent: bool,
    params: Params = _NO_PARAMS,
) -> UploadFacts:
    """Return the facts in the stored columns of an unfinished upload.

    A ``reason`` with a time is retried without the person; without a time the person must act. ``is_begun``: the server
    has given the upload an address. ``is_sent``: all bytes are on the server, and the copy is being checked.
    """
    is_retried = retry_at is not None
    stage: Literal["waiting", "uploading", "verifying"] = "waiting"
    if is_begun:
        stage = "verifying" if is_sent else "uploading"
    return UploadFacts(
        needs="" if is_retried else reason or "",
        retry_reason=(reason or "server_busy") if is_retried else "",
        paused_by=paused_by or "",
        stage=stage,
        retry_at=retry_at,
        params=params,
    )


def _of_upload(upload: UploadFacts, now: int) -> TakeState:
    if upload.needs:
        return TakeState(StateCode.NEEDS_USER, upload.needs, upload.params)
    if upload.retry_reason:
        seconds = 0 if upload.retry_at is None else max(0, -((now - upload.retry_at) // 1000))
        return TakeState(StateCode.RETRY, upload.retry_reason, {**upload.params, "seconds": seconds})
    if upload.paused_by:
        return TakeState(StateCode.PAUSED, upload.paused_by, upload.params)
    return TakeState(StateCode(upload.stage), params=upload.params)


def _at_rest(facts: TakeFacts) -> TakeState:
    if facts.verified_at is not None:
        params: Params = {"at": facts.verified_at, "how": facts.verified_how}
        return TakeState(StateCode.SAFE if facts.here else StateCode.REMOTE, params=params)
    if facts.copy_verified:
        return TakeState(StateCode.LOCAL if facts.here else StateCode.REMOTE, _COPY_ONLY)
    if not facts.here:
        return TakeState(StateCode.WAITING, _ELSEWHERE)
    if not facts.wanted:
        return TakeState(StateCode.LOCAL, "not_uploaded_by_choice")
    return TakeState(StateCode.LOCAL)  # nothing will bring it to the cloud before an upload is asked for
