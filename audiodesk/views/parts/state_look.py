"""Maps a take's state to an icon and words, the same everywhere."""

from __future__ import annotations

from dataclasses import dataclass

from audiodesk.domain.library.states import ParentState, StateCode, TakeState
from audiodesk.domain.words.library.state_words import parent_text, state_text
from audiodesk.views.parts.theme import Role

__all__ = ["StateLook", "parent_look", "state_look"]

_LOOKS: dict[StateCode, tuple[str, Role]] = {
    StateCode.CONFLICT: ("split", "attention"),
    StateCode.NEEDS_USER: ("triangle-alert", "attention"),
    StateCode.RETRY: ("rotate-ccw", "attention"),
    StateCode.PAUSED: ("pause", "muted"),
    StateCode.UPLOADING: ("arrow-up", "accent"),
    StateCode.VERIFYING: ("search", "accent"),
    StateCode.WAITING: ("clock", "muted"),
    StateCode.LOCAL: ("hard-drive", "muted"),
    StateCode.REMOTE: ("cloud", "safe"),
    StateCode.SAFE: ("check", "safe"),
}


@dataclass(frozen=True, slots=True)
class StateLook:
    """Icon, tone and words for a state."""

    icon: str
    tone: Role
    text: str


def state_look(state: TakeState) -> StateLook:
    """Return how to show this state."""
    icon, tone = _LOOKS[state.code]
    return StateLook(icon, tone, state_text(state))


def parent_look(state: ParentState) -> StateLook | None:
    """Return how a project, chapter or section shows the worst state of its takes; None to show nothing.

    Without an account all takes are on this computer: then only those that need the person get a sign.
    """
    code = state.code
    if code is None or state.is_plain:
        return None
    icon, tone = _LOOKS[code]
    return StateLook(icon, tone, parent_text(state))
