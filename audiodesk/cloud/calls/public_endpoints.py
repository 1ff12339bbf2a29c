"""Questions to a server that need no sign-in."""

from __future__ import annotations

import json
import re

import httpx

from audiodesk.cloud.wire.errors import odd_answer, outside_errors
from audiodesk.cloud.wire.server_address import host_of
from audiodesk.cloud.wire.storage_refusals import storage_refusal
from audiodesk.domain.errors import AudioDeskError, OutsideError

__all__ = ["PublicEndpoints"]

_PATIENCE = httpx.Timeout(connect=4.0, read=5.0, write=5.0, pool=5.0)
_ANY_FUNCTION = "sync_pull"
"""A function of AudioDesk's schema without which nothing works."""
_VERSION = re.compile(r"v?\d[\w.+-]{0,39}")


class PublicEndpoints:
    """Questions to a project that need only its public key; each is answered within seconds."""

    def __init__(self, client: httpx.Client, address: str, key: str) -> None:
        self._client = client
        self._address = address
        self._headers = {"apikey": key}
        self._host = host_of(address)

    def auth_version(self) -> str:
        """Return the version of the Auth server; its answer shows that this is a Supabase project.

        Raises OutsideError where the server cannot be reached or is not Supabase, UserError("server-key-refused") where
        the gateway does not accept the key.
        """
        with outside_errors(self._host):
            response = self._client.get(f"{self._address}/auth/v1/health", headers=self._headers, timeout=_PATIENCE)
            found = json.loads(response.content)
        if not isinstance(found, dict) or found.get("name") != "GoTrue":
            raise odd_answer(self._host, "auth/v1/health")
        version = found.get("version")
        return version if isinstance(version, str) and _VERSION.fullmatch(version) else ""

    def storage_version(self) -> str:
        """Return the version of the Storage server; empty where the gateway blocks the question.

        Raises OutsideError if there is no answer, or if the answer (402 or 5xx) says that the service is unavailable.
        """
        with outside_errors(self._host):
            response = self._client.get(f"{self._address}/storage/v1/version", headers=self._headers, timeout=_PATIENCE)
            text = response.text.strip().strip('"')
        if response.status_code == 402 or response.status_code >= 500:
            raise storage_refusal(response, self._host)
        return text if response.status_code == 200 and _VERSION.fullmatch(text) else ""

    def require_schema(self) -> None:
        """Raise OutsideError("server-schema-missing") where AudioDesk's schema was not applied.

        Without a sign-in no function may be called, but the refusal tells whether the function exists. Raises
        OutsideError too where the database cannot be asked.
        """
        arguments = {"known_seq": None, "tag": None, "after_seq": 0, "after_id": None, "upto": None, "limit": 1}
        url = f"{self._address}/rest/v1/rpc/{_ANY_FUNCTION}"
        try:
            with outside_errors(self._host):
                self._client.post(url, headers=self._headers, json=arguments, timeout=_PATIENCE)
        except AudioDeskError as error:
            if error.code == "server-needs-update":
                raise OutsideError("server-schema-missing", host=self._host, details=error.details) from None
            if error.code != "not-allowed":
                raise
