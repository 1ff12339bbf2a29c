"""Looks at the keyring from outside, for the sync: whether it is open, and whether it is being asked just now."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from audiodesk.system.secrets import SecretStore

__all__ = ["KeyringWatch"]

_TELLS_LOCK = "SecretService"
"""Only this kind says whether it is locked; of others "ready" means no more than that they are there."""


class KeyringWatch:
    """Never makes the keyring ask the person for its password.

    ``loaded`` returns the same as ``secrets``, or None while nobody has used it, and when the program is closed.
    """

    def __init__(self, secrets: Callable[[], SecretStore], loaded: Callable[[], SecretStore | None]) -> None:
        self._secrets = secrets
        self._loaded = loaded
        self._was_gone = False

    def is_open(self) -> bool:
        """Tell whether the keyring surely gives out secrets without a question to the person, or has just come back.

        Waits some seconds for one that hangs.
        """
        state, name = self._secrets().state()
        was_gone, self._was_gone = self._was_gone, state in ("none", "trouble")
        return state == "ready" and (was_gone or name.startswith(_TELLS_LOCK))

    def is_asked(self) -> bool:
        """Tell whether a question to the keyring is under way, which may wait for the person."""
        secrets = self._loaded()
        return secrets is not None and secrets.is_asked
