"""The lock that lets one process of this person at a time renew a sign-in."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import platformdirs

from audiodesk.domain.errors import OutsideError
from audiodesk.system.files import make_folder

__all__ = ["refresh_lock", "sign_in_lock"]

_log = logging.getLogger(__name__)
_WAIT_SECONDS = 30.0
"""As long as a slow server may take to answer the process that holds the lock."""


@contextlib.contextmanager
def refresh_lock(name: str, *, folder: Path | None = None, wait: float = _WAIT_SECONDS) -> Iterator[None]:
    """Hold the lock of the sign-in ``name`` (``{host}/{user_id}``) in the block.

    It lies in the person's runtime folder, because several homes (``AUDIODESK_HOME``) may share one keyring. Its file
    is named by a hash, so that it tells nothing. Raises OutsideError("sign-in-busy") if another process keeps it for
    longer than ``wait`` seconds. Where no lock can be made, the block runs without: the server accepts it.
    """
    from filelock import FileLock, Timeout

    place = folder or _runtime_folder()
    path = place / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.lock"
    lock = FileLock(path, timeout=wait, thread_local=False, mode=0o600)
    try:
        make_folder(place, private=True)
        lock.acquire()
    except Timeout:
        raise OutsideError("sign-in-busy", retry_after=5.0) from None
    except (OSError, OutsideError) as error:
        _log.warning("no lock for renewing the sign-in: %s", error)
    try:
        yield
    finally:
        lock.release()


def sign_in_lock(lock: Callable[..., AbstractContextManager[None]], name: str) -> AbstractContextManager[None]:
    """Return the lock of the whole of a sign-in to the account ``name``, made with ``lock``; taken before that one.

    While somebody signs in, what is noted of the account's secrets is not final, and nobody may remove them.
    """
    return lock(f"{name} sign-in")


def _runtime_folder() -> Path:
    with warnings.catch_warnings():  # platformdirs warns in the terminal where it has to choose a temporary folder
        warnings.simplefilter("ignore")
        return platformdirs.user_runtime_path("audiodesk", appauthor=False)
