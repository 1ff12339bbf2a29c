"""How a take's state is shown: always icon and word, the same everywhere."""

from __future__ import annotations

from dataclasses import dataclass

from audiodesk.domain.library.states import ParentState, StateCode, TakeState
from audiodesk.domain.words.state_words import parent_text, state_text
from audiodesk.views.parts.theme import Role

__all__ = ["StateLook", "parent_look", "state_look"]

_LOOKS: dict[StateCode, tuple[str, Role]] = {
    StateCode.CONFLICT: ("triangle-alert", "attention"),
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
    """Icon, tone and words of a state."""

    icon: str
    tone: Role
    text: str


def state_look(state: TakeState) -> StateLook:
    """Return how this state is shown."""
    icon, tone = _LOOKS[state.code]
    return StateLook(icon, tone, state_text(state))


def parent_look(state: ParentState) -> StateLook | None:
    """Return how a project, chapter or section shows its takes' worst state; None where nothing is to be shown.

    Without an account all takes are on this computer, and only those that need the person are worth a sign.
    """
    code = state.code
    if code is None or not (state.cloud or state.unsound):
        return None
    icon, tone = _LOOKS[code]
    return StateLook(icon, tone, parent_text(state))
