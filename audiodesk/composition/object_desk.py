"""Builds what copies the bucket's objects, for one command of the operator's."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from audiodesk.domain.errors import OutsideError
from audiodesk.system import logs
from audiodesk.system.folders import folders
from audiodesk.system.settings_store import SettingsStore

if TYPE_CHECKING:
    from audiodesk.domain.object_copy import CopyOutcome
    from audiodesk.services.object_copy import ObjectCopy

__all__ = ["open_object_copy"]

_KEY = "SUPABASE_SERVICE_ROLE_KEY"


@contextlib.contextmanager
def open_object_copy(
    folder: Path,
    *,
    writes: bool,
    tell: Callable[[CopyOutcome], None] = lambda _: None,
    environ: Mapping[str, str] | None = None,
) -> Iterator[tuple[ObjectCopy, str]]:
    """Give a copy between ``folder`` and the project that the settings name, and the project's host.

    The secret key is taken from the environment alone, kept nowhere, and told to nobody but the project. ``writes``
    tells whether the folder is to be filled. Raises OutsideError("server-not-set"), what ``ObjectStore`` and
    ``ObjectFolder`` raise.
    """
    from audiodesk.cloud.object_store import ObjectStore
    from audiodesk.services.object_copy import ObjectCopy
    from audiodesk.system.object_folder import ObjectFolder

    environ = os.environ if environ is None else environ
    places = folders(environ)
    url = SettingsStore(places.config / "settings.json", environ).load().supabase_url.strip()
    if not url:
        raise OutsideError("server-not-set")
    log = logs.start(places.logs, "command")
    try:
        store = ObjectStore(url, environ.get(_KEY, ""))
        try:
            with contextlib.closing(ObjectFolder.make(folder) if writes else ObjectFolder.open(folder)) as held:
                yield ObjectCopy(store, held, tell=tell), store.host
        finally:
            store.close()
    finally:
        logs.stop(log)
