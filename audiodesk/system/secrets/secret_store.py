"""Reads and writes one account's secret in the keyring, without ever waiting longer than a few seconds."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

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
        self._order = threading.Lock()

    def state(self) -> tuple[KeyringState, str]:
        """Return whether a keyring can be used now, and its name; asks nobody to unlock it."""
        try:
            found = self._ask(self._find)
        except AudioDeskError as error:
            return ("silent" if error.code == "keyring-silent" else "trouble"), ""
        if found is None:
            return "none", ""
        return ("locked" if found.locked else "ready"), found.name

    @property
    def is_asked(self) -> bool:
        """Whether a question is under way that the keyring has not answered yet."""
        pending = self._pending
        return pending is not None and pending.is_alive()

    def read(self, name: str, *, held_by: str = "") -> Secret | None:
        """Return the secret of ``name``; None if it was removed.

        ``held_by`` is the keyring in which it was stored. If another one answers that it has no such item, that is
        OutsideError("keyring-unreachable"), because the right one was not asked.
        """

        def read(keyring: Keyring) -> Secret | None:
            text = keyring.read(SERVICE, name)
            if text is None:
                _refuse_another(keyring, held_by)
            return None if text is None else Secret(text, keyring.name)

        return self._with_keyring(read)

    def store(
        self, name: str, secret: str, *, held_by: str = "", before: Callable[[str], object] = lambda _keyring: None
    ) -> str:
        """Store ``secret`` in place of the former one; return the name of the keyring.

        ``before`` is called, on another thread, with the name of the keyring right before that is asked to store; what
        it raises stops the store.

        ``held_by`` is the keyring of the former one: another one is refused with OutsideError("keyring-unreachable"),
        because the former secret would stay where it is. Raises also OutsideError("keyring-too-small") with
        ``longest``, the characters that it holds.
        """

        def store(keyring: Keyring) -> str:
            _refuse_another(keyring, held_by)
            if keyring.longest is not None and len(secret) > keyring.longest:
                raise OutsideError("keyring-too-small", longest=keyring.longest)
            before(keyring.name)
            keyring.store(SERVICE, name, secret)
            return keyring.name

        return self._with_keyring(store)

    def remove(self, name: str) -> None:
        """Remove the secret of ``name``; one that is not there is no error."""
        self._with_keyring(lambda keyring: keyring.remove(SERVICE, name))

    def take_out(
        self,
        name: str,
        seconds: float,
        *,
        held_by: str = "",
        is_exact: bool = False,
        late: Callable[[], bool] = lambda: True,
    ) -> Secret | None:
        """Remove the secret of ``name`` and return it; None if it was not there.

        Raises OutsideError("keyring-unreachable") where another keyring than ``held_by`` answers that it has none, with
        ``is_exact`` also where it has one.
        Waits no longer than ``seconds`` for a keyring that is silent, and as long as ever for one that asks the person.
        One that answers later still removes it, as long as this process lives and ``late()`` is True: another process
        may have stored a newer secret meanwhile.
        """
        asks, given_up = threading.Event(), threading.Event()

        def take(keyring: Keyring) -> Secret | None:
            if is_exact:
                _refuse_another(keyring, held_by)
            text = keyring.read(SERVICE, name)
            if text is None:
                _refuse_another(keyring, held_by)
            if given_up.is_set() and not late():
                return None
            keyring.remove(SERVICE, name)
            return None if text is None else Secret(text, keyring.name)

        answer = self._begin(lambda: self._in_keyring(take, asks))
        answer.thread.join(seconds)
        if answer.thread.is_alive() and asks.is_set():
            answer.thread.join(max(0.0, self._patience - seconds))
        given_up.set()
        return answer.result()

    def longest(self) -> int | None:
        """Return how many characters a secret may have; None for any number."""
        return self._with_keyring(lambda keyring: keyring.longest)

    def _with_keyring(self, act: Callable[[Keyring], T]) -> T:
        return self._ask(lambda: self._in_keyring(act))

    def _in_keyring(self, act: Callable[[Keyring], T], asks: threading.Event | None = None) -> T:
        """Find the keyring and do ``act`` there; ``asks`` is set before it asks the person to unlock it."""
        keyring = self._find()
        if keyring is None:
            raise OutsideError("keyring-none")
        if keyring.locked and not self._prompts:
            raise OutsideError("keyring-locked")
        if keyring.locked and asks is not None:
            asks.set()
        return act(keyring)

    def _ask(self, question: Callable[[], T]) -> T:
        if not self._lock.acquire(timeout=self._patience):
            raise OutsideError("keyring-silent")
        try:
            before = self._pending
            if before is not None:
                before.join(self._patience)
                if before.is_alive():
                    _log.warning("the keyring does not answer")
                    raise OutsideError("keyring-silent")
            answer = self._begin(question)
            answer.thread.join(self._patience)
        finally:
            self._lock.release()
        return answer.result()

    def _begin(self, question: Callable[[], T]) -> _Answer[T]:
        """Ask after the question before it has its answer, also where several threads ask at once."""
        with self._order:
            answer = _Answer(question, after=self._pending)
            answer.thread.start()
            self._pending = answer.thread
        return answer


class _Answer(Generic[T]):
    """What a keyring answers to one question, asked on a thread of its own, ``after`` the one before it.

    Whoever makes it starts the thread.
    """

    def __init__(self, question: Callable[[], T], after: threading.Thread | None = None) -> None:
        self._answers: list[T] = []
        self._errors: list[AudioDeskError] = []
        self.thread = threading.Thread(target=self._run, args=(question, after), name="keyring", daemon=True)

    def result(self) -> T:
        """Return the answer. Raises its error, and OutsideError("keyring-silent") where there is none yet."""
        if self.thread.is_alive():
            _log.warning("the keyring does not answer")
            raise OutsideError("keyring-silent")
        if self._errors:
            raise self._errors.pop()
        return self._answers.pop()

    def _run(self, question: Callable[[], T], after: threading.Thread | None) -> None:
        if after is not None:
            after.join()
        try:
            self._answers.append(question())
        except AudioDeskError as error:
            self._errors.append(error)
        except Exception as error:  # noqa: BLE001  # a back end raises what its libraries raise
            self._errors.append(_translated(error))


def _refuse_another(keyring: Keyring, held_by: str) -> None:
    """Raise OutsideError("keyring-unreachable") where ``keyring`` is not the one that holds the secret."""
    if held_by and keyring.name != held_by:
        raise OutsideError("keyring-unreachable", details=f"{keyring.name} answers instead of {held_by}")


def _translated(error: Exception) -> OutsideError:
    from keyring.errors import KeyringLocked, NoKeyringError

    # The back end's own text is not repeated: it may quote what was to be stored.
    if isinstance(error, KeyringLocked) or type(error).__name__ == "LockedException":
        return OutsideError("keyring-locked", details=type(error).__name__)
    if isinstance(error, NoKeyringError):
        return OutsideError("keyring-none", details=type(error).__name__)
    return OutsideError("keyring-unreachable", details=type(error).__name__)
