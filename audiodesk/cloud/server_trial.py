"""Tests the address and the key that a person typed, before anybody signs in with them."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from audiodesk.cloud.calls.public_endpoints import PublicEndpoints
from audiodesk.cloud.sign_in.auth import Auth, AuthOptions
from audiodesk.cloud.wire.http import IMPATIENT, open_client
from audiodesk.cloud.wire.server_address import host_of, public_key, server_address
from audiodesk.domain.server.named_server import named_server

__all__ = ["TriedServer", "try_server"]


@dataclass(frozen=True, slots=True)
class TriedServer:
    """A project that answered, with the address and the key as they are kept."""

    address: str
    host: str
    key: str
    options: AuthOptions


def try_server(url: str, key: str) -> TriedServer:
    """Ask the project at ``url`` whether it is one, takes ``key``, and has AudioDesk's schema; takes seconds.

    Raises UserError for an address or key that cannot be right: a secret key ("service-key-refused"), the key of
    another project ("server-key-other-project" if the key names it, "server-key-refused" if the server says so), and
    what ``server_address`` and ``public_key`` raise. Raises OutsideError for a server that cannot be reached or is
    something else, and "server-schema-missing".
    """
    typed_url, typed_key = named_server(url, key)
    address = server_address(typed_url)
    known = public_key(typed_key, address)
    with contextlib.closing(open_client(address, timeouts=IMPATIENT)) as client:
        options = Auth(client, address, known).options()
        PublicEndpoints(client, address, known).require_schema()
    return TriedServer(address, host_of(address), known, options)
