"""Checks the address of a project's database before use, because its password must never appear in an error."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from audiodesk.domain.errors import UserError

__all__ = ["DatabaseUrl", "read_database_url"]

_SCHEMES = ("postgresql://", "postgres://")
_PLACEHOLDER = re.compile(r"\[[A-Za-z _-]*PASSWORD[A-Za-z _-]*\]", re.IGNORECASE)
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9a-fA-F:.]+(%[A-Za-z0-9]+)?")
_SECONDS_TO_CONNECT = "15"
_DEFAULT_PORT = 5432
_LAST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """A checked address. ``place`` may be shown; ``text`` holds the password and is never shown, not even by repr."""

    text: str = field(repr=False)
    host: str
    port: int
    options: Mapping[str, str]
    """Options added to the address: ``sslmode`` if neither the address nor the environment sets it."""

    @property
    def place(self) -> str:
        """Return host and port, to be shown."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def read_database_url(text: str, *, environ: Mapping[str, str] | None = None) -> DatabaseUrl:
    """Return the checked address.

    A sign in a password may end the password early (``/``, ``@``, ``#``, ``?``, a lone ``%``). The rest would be read
    as part of the host, and appear in the message that the host was not found. So an ambiguous address is refused here,
    with a message that does not repeat it. Raises UserError "db-url-unreadable", "db-url-placeholder" or
    "db-url-no-postgresql".
    """
    environ = os.environ if environ is None else environ
    text = text.strip()
    if not text.startswith(_SCHEMES):
        raise UserError("db-url-no-postgresql")
    if _PLACEHOLDER.search(text):
        raise UserError("db-url-placeholder")
    parsed = _parsed(text)
    if parsed is None:
        raise UserError("db-url-unreadable")
    host, port, query = parsed
    options = {"application_name": "audiodesk"}
    if "connect_timeout" not in query:
        options["connect_timeout"] = _SECONDS_TO_CONNECT
    if "sslmode" not in query and not environ.get("PGSSLMODE") and not _is_here(host):
        options["sslmode"] = "require"
    return DatabaseUrl(text, host, port, options)


def _parsed(text: str) -> tuple[str, int, dict[str, str]] | None:
    """Return host, port and options of the address; None where it is ambiguous."""
    if text.count("@") > 1 or "#" in text or re.search(r"\s", text) or re.search(r"%(?![0-9A-Fa-f]{2})", text):
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
        query = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError:
        return None
    if "@" in parts.path or "@" in parts.query or "," in parts.netloc.rpartition("@")[2]:
        return None
    host = unquote(query.get("host") or parts.hostname or "")
    given = query.get("port", "")
    if given and not given.isdecimal():
        return None
    port = int(given) if given else port or _DEFAULT_PORT
    if not (host.startswith("/") or _HOST.fullmatch(host)) or not 0 < port <= _LAST_PORT:
        return None
    return host, port, query


def _is_here(host: str) -> bool:
    """Tell whether ``host`` is this computer, where the traffic cannot be intercepted."""
    if host.startswith("/") or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False
