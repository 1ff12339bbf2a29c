"""Reads the address and the public key of a Supabase project: corrects clear slips, and refuses the rest."""

from __future__ import annotations

import base64
import ipaddress
import json
import re
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit

from audiodesk.domain.errors import UserError

__all__ = ["host_of", "is_loopback", "is_on_this_computer", "public_key", "secret_key", "server_address"]

_REF = "[a-z]{20}"
_HOSTED = re.compile(rf"(?:db\.)?({_REF})\.supabase\.(?:co|in|net)")
_DASHBOARDS = frozenset({"supabase.com", "www.supabase.com", "app.supabase.com", "app.supabase.io"})
_DASHBOARD_PATH = re.compile(rf"/project/({_REF})(?:/|$)")
_HOST = re.compile(r"[a-z0-9_]([a-z0-9._-]*[a-z0-9])?")
_SERVICES = re.compile(r"/(?:rest|auth|storage|realtime|functions|graphql)(?:/v1(?:/.*)?)?$")
_SCHEME_SLIP = re.compile(r"(?i)^(https?)(?::/|//)(?!/)")
"""A colon or a slash that is missing: the scheme would be taken for the host."""
_KEY = re.compile(r"[A-Za-z0-9_.~+/=-]+")
_TOKEN = re.compile(r"eyJ[\w-]*(?:\.[\w=-]*)*")
_QUOTES = "\"'<>\u201c\u201d\u2018\u2019"


def server_address(text: str) -> str:
    """Return the address that all requests begin with, without a final slash.

    It accepts a missing or mistyped scheme, extra slashes, the path of one service, a project's page in the dashboard,
    and a project's bare reference. Raises UserError("server-address-database") for a connection string,
    ("…-insecure") for http to another computer, ("…-dashboard") for the dashboard without a project, ("…-wrong") for
    any other text. An error does not repeat the text if that may hold a password.
    """
    given = text.strip().strip(_QUOTES).strip()
    if not given.isprintable():
        raise UserError("server-address-wrong")
    given = _SCHEME_SLIP.sub(r"\1://", given)
    if re.match(r"(?i)postgres(ql)?(\+\w+)?://", given):
        raise UserError("server-address-database")
    if re.fullmatch(_REF, given):
        given = f"{given}.supabase.co"
    parts = _split(given if "://" in given else f"{_scheme_for(given)}://{given}")
    host = _host(parts)
    if host in _DASHBOARDS:
        found = _DASHBOARD_PATH.search(parts.path)
        if found is None:
            raise UserError("server-address-dashboard")
        return f"https://{found.group(1)}.supabase.co"
    hosted = _HOSTED.fullmatch(host)
    if hosted is not None:
        return f"https://{host.removeprefix('db.')}"
    if parts.scheme == "http" and not is_loopback(host):
        raise UserError("server-address-insecure", host=host)
    path = quote(_SERVICES.sub("", parts.path.rstrip("/")), safe="/%~!$&'()*+,;=:@")
    return f"{parts.scheme}://{_netloc(parts, host)}{path.rstrip('/')}"


def public_key(text: str, address: str) -> str:
    """Return the project's anon or publishable key.

    Raises UserError("service-key-refused") for a key that bypasses row level security, ("server-key-other-project") for
    the key of another project than that of ``address``, ("server-key-wrong") for a person's token or any other text.
    """
    key = text.strip().strip(_QUOTES).strip()
    if key.startswith("sb_secret_"):
        raise UserError("service-key-refused")
    if not _KEY.fullmatch(key):
        raise UserError("server-key-wrong")
    if key.startswith("eyJ"):
        _validate_token(key, address)
    return key


def secret_key(text: str, address: str) -> str:
    """Return a project's secret key, which bypasses row level security.

    Raises UserError("service-key-missing") and ("service-key-wrong").
    """
    key = text.strip().strip(_QUOTES).strip()
    if not key:
        raise UserError("service-key-missing")
    try:
        public_key(key, address)
    except UserError as error:
        if error.code != "service-key-refused":
            raise UserError("service-key-wrong") from None
        if not re.fullmatch(r"[\w.~+/=-]{20,4096}", key, re.ASCII):
            raise UserError("service-key-wrong") from None
        return key
    raise UserError("service-key-wrong")


def host_of(address: str) -> str:
    """Return the part of an address that a person recognises: the host, and the port if there is one."""
    parts = urlsplit(address)
    return parts.netloc.rpartition("@")[2]


def is_on_this_computer(address: str) -> bool:
    """Tell whether the server at ``address`` is reached without any network."""
    return is_loopback(urlsplit(address).hostname or "")


def is_loopback(host: str) -> bool:
    """Tell whether ``host`` is this computer itself, so that no data leaves it."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise UserError("server-address-wrong") from None
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or port == 0:
        raise UserError("server-address-wrong")
    return parts


def _host(parts: SplitResult) -> str:
    """Return the host as networks write it: lower case, and punycode for letters other than a to z."""
    host = parts.hostname or ""
    try:
        if "[" in parts.netloc and "%" not in host:  # an address with a zone is valid on one computer only
            return ipaddress.IPv6Address(host).compressed
        host = host.encode("idna").decode("ascii").lower()
        if re.fullmatch(r"[\d.]+", host):
            return str(ipaddress.IPv4Address(host))
    except (ValueError, UnicodeError):
        raise UserError("server-address-wrong") from None
    if not _HOST.fullmatch(host):
        raise UserError("server-address-wrong")
    return host


def _scheme_for(text: str) -> str:
    """Return the scheme of an address without one: servers on this computer speak plain HTTP."""
    host = re.split(r"[/?#]", text, maxsplit=1)[0].rpartition("@")[2]
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    return "http" if is_loopback(name.lower()) else "https"


def _netloc(parts: SplitResult, host: str) -> str:
    name = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}[parts.scheme]
    return name if parts.port in (None, usual) else f"{name}:{parts.port}"


def _validate_token(key: str, address: str) -> None:
    claims = _claims(key)
    role = claims.get("role")
    if role in ("service_role", "supabase_admin"):
        raise UserError("service-key-refused")
    if role not in ("anon", None):
        raise UserError("server-key-wrong")
    ours = _HOSTED.fullmatch(urlsplit(address).hostname or "")
    theirs = claims.get("ref")
    if ours is not None and isinstance(theirs, str) and re.fullmatch(_REF, theirs) and theirs != ours.group(1):
        raise UserError("server-key-other-project", ours=ours.group(1), theirs=theirs)


def _claims(token: str) -> dict[str, Any]:
    """Return the unverified claims of a token. Raises UserError("server-key-wrong") if the token was cut short."""
    parts = token.split(".")
    if len(parts) != 3 or not _TOKEN.fullmatch(token):
        raise UserError("server-key-wrong")
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        raise UserError("server-key-wrong") from None
    if not isinstance(claims, dict):
        raise UserError("server-key-wrong")
    return claims
