"""Calls the database's functions, always as a signed-in person."""

from __future__ import annotations

from typing import Any, cast

import httpx

from audiodesk.cloud.sign_in.renewing import with_token
from audiodesk.cloud.sign_in.session import TokenSource
from audiodesk.cloud.wire.errors import odd_answer, outside_errors
from audiodesk.cloud.wire.http import CLIENT_NAME
from audiodesk.cloud.wire.server_address import host_of

__all__ = ["Procedures"]


class Procedures:
    """Remote procedures of one project. Safe from any thread."""

    def __init__(self, client: httpx.Client, address: str, key: str, session: TokenSource) -> None:
        self._client = client
        self._address = address
        self._key = key
        self._session = session
        self.host = host_of(address)
        """The part of the address that a person recognises."""

    def call(self, name: str, **arguments: Any) -> Any:
        """Return the answer of the function ``name``: a JSON object or array, None where the function returns nothing.

        A call is sent twice only if the server refused the token before it looked at the call. Raises OutsideError and
        UserError as ``cloud.wire.errors`` makes them: among them "token-refused" (also the new one), "not-allowed",
        "quota-exceeded", "server-refused" (with the database's own sentence) and "server-needs-update" for a missing
        function.
        """
        return with_token(self._session, self.host, lambda token: self._ask(token, name, arguments))

    def document(self, name: str, **arguments: Any) -> dict[str, Any]:
        """Return the answer like ``call``, if it is a JSON object; else raise "server-answer-odd"."""
        answer = self.call(name, **arguments)
        if not isinstance(answer, dict):
            raise odd_answer(self.host, f"{name}: {type(answer).__name__}")
        return answer

    def _ask(self, token: str, name: str, arguments: dict[str, Any]) -> Any:
        from postgrest import SyncPostgrestClient

        with outside_errors(self.host):
            client = SyncPostgrestClient(
                f"{self._address}/rest/v1",
                headers={"apikey": self._key, "Authorization": f"Bearer {token}", "X-Client-Info": CLIENT_NAME},
                http_client=self._client,
                retry_enabled=False,
            )
            # The library's type is dict[str, str], but it sends any JSON.
            answer = client.rpc(name, cast("dict[str, str]", arguments)).execute().data
        if isinstance(answer, str):  # the library returns text if it cannot read the answer as JSON
            raise odd_answer(self.host, f"{name}: no JSON")
        return answer
