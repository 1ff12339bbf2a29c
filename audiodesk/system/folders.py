"""Where AudioDesk keeps its things on this computer, by the conventions of the platform."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import platformdirs

import audiodesk

if TYPE_CHECKING:
    from audiodesk.domain.server.account import KnownAccount

__all__ = ["ADOPTION_PLAN", "SERVER_MOVE_PLAN", "Folders", "folders", "resources"]

ADOPTION_PLAN = "adoption.json"
"""The file in the root of the libraries that is there while an adoption is not finished."""
SERVER_MOVE_PLAN = "server-move.json"
"""The file in the root of the libraries that is there while a library is to follow its server to another address."""


class Folders(NamedTuple):
    """The three places. Asking for one does not make it."""

    config: Path
    """Settings and the window's state."""
    data: Path
    """The root that holds the libraries."""
    logs: Path

    @property
    def local_library(self) -> Path:
        """The library without an account."""
        return self.data / "local"

    @property
    def known_accounts(self) -> Path:
        """The file that lists the accounts that were used on this computer."""
        return self.config / "accounts.json"

    def account_library(self, host: str, user_id: str) -> Path:
        """Return the library of an account. A host's colon becomes "_", which every system allows in a name."""
        name = re.sub(r"[^a-z0-9.-]", "_", host.lower()).strip(".") or "_"
        return self.data / (f"{name}_" if name == "local" else name) / user_id

    def library_of(self, account: KnownAccount) -> Path:
        """Return the library of an account that is known."""
        return self.account_library(account.host, account.user_id)

    @property
    def known_libraries(self) -> Path:
        """The file that lists every library that was ever made."""
        return self.config / "libraries.json"


def folders(environ: Mapping[str, str] | None = None) -> Folders:
    """Return the places for this person; ``AUDIODESK_HOME`` in ``environ`` moves the root of the libraries.

    The variables ``XDG_CONFIG_HOME``, ``XDG_DATA_HOME`` and ``XDG_STATE_HOME`` count where the platform knows them.
    """
    environ = os.environ if environ is None else environ
    dirs = platformdirs.PlatformDirs(_name(), appauthor=False)
    home = environ.get("AUDIODESK_HOME", "").strip()
    return Folders(
        config=_place(environ, "XDG_CONFIG_HOME", dirs.user_config_path),
        data=Path(home).expanduser().absolute() if home else _place(environ, "XDG_DATA_HOME", dirs.user_data_path),
        logs=_logs(environ, dirs.user_log_path),
    )


def resources() -> Path:
    """Return the folder of icons, styles and help: in a checkout, in an installed package, or in the frozen build."""
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen is not None:
        return Path(frozen) / "resources"
    package = Path(audiodesk.__file__).parent
    installed = package / "_resources"
    return installed if installed.is_dir() else package.parent / "resources"


def _name() -> str:
    return "AudioDesk" if sys.platform in ("win32", "darwin") else "audiodesk"


def _place(environ: Mapping[str, str], variable: str, default: Path) -> Path:
    given = environ.get(variable, "").strip()
    if sys.platform in ("win32", "darwin") or not Path(given).is_absolute():
        return default
    return Path(given) / _name()


def _logs(environ: Mapping[str, str], default: Path) -> Path:
    return _place(environ, "XDG_STATE_HOME", default.parent) / "log" if sys.platform == "linux" else default
