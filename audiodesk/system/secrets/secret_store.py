"""Reads and writes one account's secret in the keyring, without ever waiting longer than a few seconds."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from audiodesk.domain.errors import AudioDeskError, OutsideError
from audiodesk.system.secrets.keyrings import Keyring, best_keyring

__all__ = ["SERVICE", "KeyringState", "Secret", "SecretStore"]

SERVICE = "AudioDesk"
KeyringState = Literal["ready", "locked", "none", "silent", "trouble"]
T = TypeVar("T")
_log = logging.getLogger(__name__)
_PATIENCE = 10.0
"""Seconds: enough to type a password into the keyring's own window, and short enough to go on without it."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret as it was found, and the keyring that holds it."""

    text: str = field(repr=False)
    keyring: str


class SecretStore:
    """The secrets of AudioDesk, one item for each account: service ``AudioDesk``, name ``{host}/{user_id}``.

    A locked keyring asks the person, and may do so for ever: each call runs on a daemon thread and is given up after
    ``patience`` seconds. A call waits as long for the one before it. Raises OutsideError "keyring-none",
    "keyring-locked", "keyring-silent" and "keyring-unreachable".
    """

    def __init__(
        self, *, patience: float = _PATIENCE, find: Callable[[], Keyring | None] = best_keyring, prompts: bool = True
    ) -> None:
        self._patience = patience
        self._find = find
        self._prompts = prompts
        self._lock = threading.Lock()
        self._pending: threading.Thread | None = None

    def state(self) -> tuple[KeyringState, str]:
        """Return whether a keyring can be used now, and its name; asks nobody to unlock it."""
        try:
            found = self._ask(self._find)
        except AudioDeskError as error:
            return ("silent" if error.code == "keyring-silent" else "trouble"), ""
        if found is None:
            return "none", ""
        return ("locked" if found.locked else "ready"), found.name

    def read(self, name: str, *, held_by: str = "") -> Secret | None:
        """Return the secret of ``name``; None if it was removed.

        ``held_by`` is the keyring in which it was stored. If another one answers that it has no such item, that is
        OutsideError("keyring-unreachable"), because the right one was not asked.
        """

        def read(keyring: Keyring) -> Secret | None:
            text = keyring.read(SERVICE, name)
            if text is None and held_by and keyring.name != held_by:
                raise OutsideError("keyring-unreachable", details=f"{keyring.name} answers instead of {held_by}")
            return None if text is None else Secret(text, keyring.name)

        return self._with_keyring(read)

    def store(self, name: str, secret: str) -> str:
        """Store ``secret`` in place of the former one; return the name of the keyring.

        Raises also OutsideError("keyring-too-small") with ``longest``, the characters that it holds.
        """

        def store(keyring: Keyring) -> str:
            if keyring.longest is not None and len(secret) > keyring.longest:
                raise OutsideError("keyring-too-small", longest=keyring.longest)
            keyring.store(SERVICE, name, secret)
            return keyring.name

        return self._with_keyring(store)

    def remove(self, name: str) -> None:
        """Remove the secret of ``name``; one that is not there is no error."""
        self._with_keyring(lambda keyring: keyring.remove(SERVICE, name))

    def longest(self) -> int | None:
        """Return how many characters a secret may have; None for any number."""
        return self._with_keyring(lambda keyring: keyring.longest)

    def _with_keyring(self, act: Callable[[Keyring], T]) -> T:
        def run() -> T:
            keyring = self._find()
            if keyring is None:
                raise OutsideError("keyring-none")
            if keyring.locked and not self._prompts:
                raise OutsideError("keyring-locked")
            return act(keyring)

        return self._ask(run)

    def _ask(self, question: Callable[[], T]) -> T:
        answers: list[T] = []
        errors: list[AudioDeskError] = []

        def run() -> None:
            try:
                answers.append(question())
            except AudioDeskError as error:
                errors.append(error)
            except Exception as error:  # noqa: BLE001  # a back end raises what its libraries raise
                errors.append(_translated(error))

        if not self._lock.acquire(timeout=self._patience):
            raise OutsideError("keyring-silent")
        try:
            if self._pending is not None:
                self._wait_for(self._pending)
            thread = threading.Thread(target=run, name="keyring", daemon=True)
            self._pending = thread
            thread.start()
            self._wait_for(thread)
        finally:
            self._lock.release()
        if errors:
            raise errors.pop()
        return answers.pop()

    def _wait_for(self, thread: threading.Thread) -> None:
        thread.join(self._patience)
        if thread.is_alive():
            _log.warning("the keyring does not answer")
            raise OutsideError("keyring-silent")


def _translated(error: Exception) -> OutsideError:
    from keyring.errors import KeyringLocked, NoKeyringError

    # The back end's own text is not repeated: it may quote what was to be stored.
    if isinstance(error, KeyringLocked) or type(error).__name__ == "LockedException":
        return OutsideError("keyring-locked", details=type(error).__name__)
    if isinstance(error, NoKeyringError):
        return OutsideError("keyring-none", details=type(error).__name__)
    return OutsideError("keyring-unreachable", details=type(error).__name__)
