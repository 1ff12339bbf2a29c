"""The state of a take, computed from facts and never stored, and that of what holds takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Literal, NamedTuple

__all__ = ["ParentState", "StateCode", "TakeFacts", "TakeState", "UploadFacts", "parent_state", "take_state"]


class StateCode(StrEnum):
    """The words of the JSON document, worst first: a parent shows the first that one of its takes has."""

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

Params = Mapping[str, str | int | float]
_NO_PARAMS: Params = MappingProxyType({})


class TakeState(NamedTuple):
    """What ``state_words.state_text`` says of a take: a code, why, and the numbers."""

    code: StateCode
    reason: str = ""
    params: Params = _NO_PARAMS


class UploadFacts(NamedTuple):
    """What is known of the upload of a take's file that is not finished."""

    needs: str = ""
    """Why only the person can go on: ``over_quota``, ``too_large``, ``refused_type``, ``file_missing``, …"""
    retry_reason: str = ""
    """Why it is tried again by itself: ``server_busy``, …"""
    paused_by: str = ""
    """``by_user``, ``offline``, ``metered`` or ``signed_out``."""
    stage: Literal["waiting", "uploading", "verifying"] = "waiting"
    params: Params = _NO_PARAMS
    """The numbers of the above: ``over``, ``seconds``, ``sent``, ``size``, ``rate``, ``left``, ``place``."""


class TakeFacts(NamedTuple):
    """What a take's state follows from. Without an account, or with the back end ``local``, ``cloud`` is False.

    ``damage`` counts with or without an account.
    """

    cloud: bool = False
    conflict: int = 0
    """How many live takes replace the same one from different computers; 0 where none do."""
    wanted: bool = True
    """Whether the person wants it uploaded."""
    here: bool = True
    """Whether the file's bytes are in this computer's vault."""
    damage: str = ""
    """``file_missing`` or ``file_damaged``, where the vault should have the file and has it not."""
    verified_at: int | None = None
    """When the original (or repaired) file was verified in the cloud, in milliseconds since 1970 UTC."""
    verified_how: str = ""
    """``safe`` or ``full``."""
    copy_verified: bool = False
    """Whether a smaller copy was."""
    upload: UploadFacts | None = None


class ParentState(NamedTuple):
    """The worst of the takes below, and how many have which; ``code`` is None where there are none."""

    code: StateCode | None
    counts: Mapping[StateCode, int]

    @property
    def takes(self) -> int:
        """How many takes were counted."""
        return sum(self.counts.values())

    @property
    def safe(self) -> int:
        """How many are verified in the cloud, with or without a file here."""
        return sum(self.counts.get(code, 0) for code in _COUNTS_AS_SAFE)


def take_state(facts: TakeFacts) -> TakeState:
    """Return the state of a take: the first of the ten that applies, in the order of ``StateCode``."""
    if facts.cloud and facts.conflict:
        return TakeState(StateCode.CONFLICT, params={"count": facts.conflict})
    if facts.damage:
        return TakeState(StateCode.NEEDS_USER, facts.damage)
    if not facts.cloud:
        return TakeState(StateCode.LOCAL)
    upload = facts.upload
    if upload is not None:
        return _of_upload(upload)
    return _at_rest(facts)


def parent_state(states: Iterable[StateCode]) -> ParentState:
    """Return the state of what holds takes with these states."""
    counts = Counter(states)
    return ParentState(min(counts, key=_RANK.__getitem__, default=None), counts)


def _of_upload(upload: UploadFacts) -> TakeState:
    if upload.needs:
        return TakeState(StateCode.NEEDS_USER, upload.needs, upload.params)
    if upload.retry_reason:
        return TakeState(StateCode.RETRY, upload.retry_reason, upload.params)
    if upload.paused_by:
        return TakeState(StateCode.PAUSED, upload.paused_by, upload.params)
    return TakeState(StateCode(upload.stage), params=upload.params)


def _at_rest(facts: TakeFacts) -> TakeState:
    if facts.verified_at is not None:
        params: Params = {"at": facts.verified_at, "how": facts.verified_how}
        return TakeState(StateCode.SAFE if facts.here else StateCode.REMOTE, params=params)
    if not facts.here:
        return TakeState(StateCode.WAITING, "elsewhere")
    if facts.copy_verified:
        return TakeState(StateCode.LOCAL, "copy_only")
    if not facts.wanted:
        return TakeState(StateCode.LOCAL, "not_uploaded_by_choice")
    return TakeState(StateCode.WAITING)
