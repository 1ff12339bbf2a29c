"""The sign-in of one account in this process: one refresher for all threads, and one at a time for all processes."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from audiodesk.cloud.sign_in.session import use_seconds
from audiodesk.domain.errors import AudioDeskError, OutsideError
from audiodesk.domain.events import Event, SignedOut, SignInKept, SignInWaiting
from audiodesk.domain.server.sign_in import is_ended
from audiodesk.services.account.kept_item import KeptItem
from audiodesk.services.account.sign_out_teller import REVOKE_SECONDS, SignOutTeller
from audiodesk.services.account.stored_sign_in import StoredSignIn
from audiodesk.system.clock import boot_id, elapsed_seconds
from audiodesk.system.farewell import Farewell
from audiodesk.system.refresh_lock import refresh_lock

if TYPE_CHECKING:
    from audiodesk.cloud.sign_in.auth import Auth, Scope, Tokens
    from audiodesk.services.account.sign_in_notes import SignInNotes
    from audiodesk.system.secrets import SecretStore

__all__ = ["KeptSession"]

_log = logging.getLogger(__name__)
_PAUSE = 2.0
"""Seconds without another try after one that failed, so that threads that waited for it do not each try again."""
_BACK_OFF = 60.0
"""Seconds for which a refused token is not renewed again: the server refuses what it has just made."""
_LONGEST_BACK_OFF = 3600.0
_LOCK_SECONDS = 0.2
_WAITABLE = frozenset({"sign-ins-too-many"})


class KeptSession:
    """A ``TokenSource`` over the keyring; safe from any thread. ``close`` leaves the sign-in in the keyring.

    A renewal goes: lock, read again (another process may have renewed), renew, store, unlock. What is sent is always
    the token that is *stored*: after a lost answer, or if the keyring did not take the new one, the server answers the
    stored token with the newest one, however late, but ends the sign-in for the one before it.

    ``name`` is ``{host}/{user_id}``; ``held_by`` the keyring that holds it, empty if it lasts only in this process.
    ``waits`` is how many seconds ``access_token`` may wait for a server that takes no more sign-ins from this network.
    ``farewell`` returns the seconds for which ``close`` may wait for the server.
    ``notes`` are written before the keyring gets or loses the secret.
    ``on_ended`` is called with the error when the server ended the sign-in, before the event.
    ``signed_out`` tells whether another process signed the account out since it was last called.
    """

    def __init__(
        self,
        auth: Auth,
        secrets: SecretStore,
        *,
        name: str,
        email: str,
        held_by: str = "",
        publish: Callable[[Event], None] = lambda _event: None,
        notes: SignInNotes | None = None,
        on_ended: Callable[[AudioDeskError], None] = lambda _error: None,
        waits: float = 0.0,
        farewell: Callable[[], float] | None = None,
        signed_out: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = elapsed_seconds,
        boot: Callable[[], str] = boot_id,
        lock: Callable[..., AbstractContextManager[None]] = refresh_lock,
    ) -> None:
        self._auth = auth
        self._teller = SignOutTeller(auth, clock, boot)
        self._item = KeptItem(secrets, name, held_by, notes)
        self._name = name
        self._email = email
        self._publish = publish
        self._on_ended = on_ended
        self._waits = waits
        self._farewell = farewell or Farewell().left
        self._signed_out = signed_out
        self._clock = clock
        self._boot = boot
        self._file_lock = lock
        self._lock = threading.RLock()
        self._stop = threading.Event()
        self._stored: StoredSignIn | None = None
        self._access = ""
        self._good_until = 0.0
        self._alone_until = 0.0
        self._ended: AudioDeskError | None = None
        self._failed: OutsideError | None = None
        self._next_try = 0.0
        self._forced_until = 0.0
        self._back_off = _BACK_OFF
        self._refused = ""
        self.trouble: OutsideError | None = None
        """Why the keyring did not take the newest tokens; None if it did."""

    @property
    def email(self) -> str:
        """The account's e-mail address."""
        return self._email

    @property
    def keyring(self) -> str:
        """The keyring that holds the sign-in; empty if it lasts until the process ends."""
        return self._item.keyring

    @property
    def is_held(self) -> bool:
        """Whether there is a sign-in, in the keyring or in this process alone."""
        return bool(self._item.keyring) or self._stored is not None

    @property
    def has_ended(self) -> bool:
        """Whether the sign-in is over, until ``begin``."""
        return self._ended is not None

    def begin(self, tokens: Tokens) -> None:
        """Take the tokens of a sign-in that was just made, and store them.

        Where the keyring does not take them, they last until the process ends; the event ``SignInKept`` says why.
        """
        with self._lock, self._file_lock(self._name):
            self._ended, self._failed, self._stored, self._item.keyring = None, None, None, ""
            self._forced_until = 0.0
            self._signed_out()  # one before this sign-in no longer counts
            self._take(tokens)

    def note_listed(self) -> None:
        """Note that the list of accounts has this sign-in: from now on, ``signed_out`` is about this one."""
        with self._lock:
            self._signed_out()

    def access_token(self) -> str:
        """Return a token that is valid for at least the next minute.

        Raises OutsideError: a code of ``SIGN_IN_ENDED`` or "signed-out" if the sign-in is over, the keyring's and the
        network's errors, which pass by themselves.
        """
        left = self._waits
        while True:
            try:
                return self._token()
            except OutsideError as error:
                seconds = error.retry_after or 0.0
                if error.code not in _WAITABLE or seconds > left or self._stop.is_set():
                    raise
                left -= max(seconds, 1.0)
                self._publish(SignInWaiting(seconds))
                self._stop.wait(seconds)

    def refused(self, token: str) -> None:
        """Renew ``token`` before the next request, unless that was done for the same reason a moment ago."""
        with self._lock:
            now = self._clock()
            if token != self._access or now < self._forced_until:
                return
            again = now < self._forced_until + self._back_off
            self._back_off = min(self._back_off * 2, _LONGEST_BACK_OFF) if again else _BACK_OFF
            self._forced_until = now + self._back_off
            self._refused = token
            self._good_until = 0.0

    def sign_out(self, scope: Scope, seconds: float) -> bool:
        """Remove the secret at once, and tell the server; return whether it took it.

        Both have ``seconds`` together: the server is told while the keyring is asked, so that neither waits for one
        that hangs. Only a keyring that asks the person for its password may take longer. Raises the keyring's errors if
        the secret could not be removed: then the server was told nevertheless.
        """
        until = time.monotonic() + seconds
        trouble: AudioDeskError | None = None
        others = contextlib.ExitStack()
        is_mine = self._lock.acquire(timeout=_LOCK_SECONDS)  # a renewal that hangs must not hold it up
        try:
            with contextlib.suppress(OutsideError):  # nor may another process's, which looks again before it stores
                others.enter_context(self._file_lock(self._name, wait=_LOCK_SECONDS))
            stored, access = self._stored, self._usable_access()
            self._ended = OutsideError("signed-out")
            self._item.note_leaving()
            telling = self._teller.begin(stored, access, scope)
            try:
                if self._item.keyring:
                    found = self._item.take_out(until - time.monotonic())
                    if telling is None and found is not None:
                        telling = self._teller.begin(StoredSignIn.from_text(found.text), "", scope)
            except AudioDeskError as error:
                trouble = error
            self._forget(OutsideError("signed-out"))
        finally:
            others.close()
            if is_mine:
                self._lock.release()
        told = telling is not None and telling.wait(max(0.0, until - time.monotonic()))
        self._publish(SignedOut())
        if trouble is not None:
            raise trouble
        return told

    def tell_ended(self, stored: StoredSignIn, seconds: float) -> bool:
        """Tell the server, within ``seconds``, of an ended sign-in that is not this one; return whether it took it."""
        telling = self._teller.begin(stored, "", "local")
        return telling is not None and telling.wait(seconds)

    def close(self) -> None:
        """Let go of waiting threads; a sign-in that no keyring holds ends here, on the server too. Idempotent."""
        self._stop.set()
        if self._item.keyring or not self._lock.acquire(timeout=_LOCK_SECONDS):
            return
        try:
            stored, access = self._stored, self._access
            self._forget(OutsideError("signed-out"))
        finally:
            self._lock.release()
        telling = self._teller.begin(stored, access, "local")
        if telling is not None:
            telling.wait(self._farewell())

    def _token(self) -> str:
        with self._lock:
            if self._ended is None and self._signed_out():
                self._end_as_elsewhere()
            if self._ended is not None:
                raise _again(self._ended)
            if not self._access or self._clock() >= self._good_until:
                self._respect_pause()
                self._renew()
            return self._access

    def _respect_pause(self) -> None:
        left = self._next_try - self._clock()
        if self._failed is not None and left > 0:
            raise _again(self._failed, retry_after=left)

    def _renew(self) -> None:
        with self._file_lock(self._name):
            while not self._renewed():
                pass

    def _renewed(self) -> bool:
        """Renew once; return False where another process replaced the item meanwhile, so that it has to be read."""
        stored, is_sure = self._read()
        if stored.is_fresh(self._clock(), self._boot()) and stored.access != self._refused:
            self._stored, self._access, self._good_until = stored, stored.access, stored.until
            return True
        try:
            tokens = self._auth.renew(stored.refresh)
        except OutsideError as error:
            if is_ended(error) and is_sure:
                self._end(error)
            self._pause(error)
            raise
        if self._ended is not None:  # signed out meanwhile
            self._teller.revoke(tokens)
            raise _again(self._ended)
        self._failed = None
        self._stored = stored
        return self._take_renewed(tokens, stored)

    def _take_renewed(self, tokens: Tokens, sent: StoredSignIn) -> bool:
        """Use what a renewal brought where the item is still the one that was ``sent``; return whether it is.

        Another process may sign out while the server answers. Storing would then bring the secret back.
        """
        if not self._item.keyring:
            self._take(tokens)
            return True
        try:
            found = self._item.read()
        except OutsideError as error:
            self._take(tokens, trouble=error)
            return True
        if found is None:
            over = OutsideError("signed-out")
            self._end(over)
            self._teller.revoke(tokens)
            raise over
        if StoredSignIn.from_text(found.text).refresh != sent.refresh:
            return False
        self._take(tokens)
        return True

    def _usable_access(self) -> str:
        """Return the access token, empty where the server would refuse it."""
        return self._access if self._clock() < self._good_until else ""

    def _read(self) -> tuple[StoredSignIn, bool]:
        """Return the stored sign-in, and whether it is sure that the keyring holds no newer one.

        Where the keyring cannot be read, the one in memory will do for one token's life after this process's own
        renewal. Later, other processes may have renewed twice, and the server would end the sign-in for the old token.
        """
        if not self._item.keyring:
            if self._stored is None:
                raise OutsideError("signed-out")
            return self._stored, True
        try:
            found = self._item.read()
        except OutsideError as error:
            if self._stored is None or self._clock() >= self._alone_until:
                self._pause(error)
                raise
            return self._stored, False
        if found is None:  # another process of this person signed out
            over = OutsideError("signed-out")
            self._end(over)
            raise over
        self._item.keyring = found.keyring  # the person may have moved it
        return StoredSignIn.from_text(found.text), True

    def _take(self, tokens: Tokens, *, trouble: OutsideError | None = None) -> None:
        """Use new tokens, and store them; the former refresh token is kept until they are stored.

        ``trouble`` is why the keyring cannot be asked now. Raises where somebody signed out meanwhile: a sign-out does
        not wait for a slow keyring, and what were stored after it would stay there.
        """
        self._access = tokens.access
        self._good_until = self._clock() + use_seconds(tokens)
        self._alone_until = self._clock() + tokens.lasts
        new = StoredSignIn(tokens.refresh, tokens.access, self._good_until, self._boot())
        was_held = bool(self._item.keyring) or self._stored is None
        if not was_held:
            self._stored = new
            return
        try:
            if trouble is not None:
                raise trouble
            self._item.store(new, allow=self._refuse_if_ended)
        except OutsideError as error:
            if self._ended is not None:
                over = _again(self._ended)
                self._forget(over)
                self._teller.revoke(tokens)
                raise over from None
            _log.warning("the keyring did not take the sign-in: %s", error)
            self._stored = self._stored or new
            self.trouble = error
            self._publish(SignInKept(error))
            return
        self._stored = new
        self.trouble = None
        self._publish(SignInKept())

    def _refuse_if_ended(self) -> None:
        if self._ended is not None:
            raise _again(self._ended)

    def _pause(self, error: OutsideError) -> None:
        seconds = (error.retry_after or _PAUSE) if error.code in _WAITABLE else _PAUSE
        self._failed, self._next_try = error, self._clock() + seconds

    def _end(self, error: OutsideError) -> None:
        """Note that the sign-in is over; the secret is of no more use."""
        _log.warning("the sign-in ended: %s", error.code)
        if self._item.keyring and error.code != "signed-out":
            self._item.note_leaving()
            with contextlib.suppress(AudioDeskError):  # then ``LateRemoval`` does it
                self._item.take_out(REVOKE_SECONDS)
        self._forget(error)
        try:
            self._on_ended(error)
        finally:  # a full disk does not hide that it is over
            self._publish(SignedOut(error))

    def _end_as_elsewhere(self) -> None:
        """End what another process signed out. It could not tell the server of a sign-in that only this one holds."""
        _log.warning("another process signed out")
        if not self._item.keyring:
            self._teller.begin(self._stored, self._usable_access(), "local")
        over = OutsideError("signed-out")
        self._forget(over)
        self._publish(SignedOut(over))

    def _forget(self, error: OutsideError) -> None:
        self._stored, self._access, self._good_until, self._ended = None, "", 0.0, error


def _again(error: AudioDeskError, *, retry_after: float | None = None) -> OutsideError:
    """Return a copy of an error, because raising the same one twice would make its traceback grow."""
    seconds = retry_after if retry_after is not None else getattr(error, "retry_after", None)
    params = dict(error.params)
    if "wait" in params and seconds is not None:
        params["wait"] = seconds
    return OutsideError(error.code, details=error.details, retry_after=seconds, **params)
