"""One call to the storage server: the request, the names in its path, the caller, and access to the database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tests.twin.storage_errors import StorageError
from tests.twin.storage_files import StoredFiles
from tests.twin.storage_pool import Scope, StoragePool
from tests.twin.storage_settings import StorageSettings
from tests.twin.tokens import TokenError, Tokens
from tests.twin.wire_messages import Request

__all__ = ["TOKEN_ERRORS", "Call", "Parts"]

TOKEN_ERRORS: Final = {
    "malformed": "Invalid Compact JWS",
    "signature": "signature verification failed",
    "expired": '"exp" claim timestamp check failed',
}
_BEARER: Final = re.compile(r"Bearer\s+", re.IGNORECASE)
_SERVICE: Final = {"role": "service_role"}


@dataclass(frozen=True)
class Parts:
    """The parts of the service that all routes use."""

    settings: StorageSettings
    pool: StoragePool
    tokens: Tokens
    files: StoredFiles


@dataclass
class Call:
    """A request on its way through one route."""

    parts: Parts
    request: Request
    path: str
    """The path behind the service's prefix, as it was sent."""
    operation: str
    names: Mapping[str, str] = field(default_factory=dict)
    """The parts of the path that the route's pattern found, decoded."""
    claims: Mapping[str, Any] = field(default_factory=dict)

    @property
    def bucket(self) -> str:
        """The bucket that the path names."""
        return self.names["bucket"]

    @property
    def name(self) -> str:
        """The object that the path names."""
        return self.names["name"]

    @property
    def owner(self) -> str | None:
        """The id of the caller."""
        subject = self.claims.get("sub")
        return None if subject is None else str(subject)

    @property
    def user(self) -> Scope:
        """The database as the caller sees it."""
        return self._scope(self.claims)

    @property
    def service(self) -> Scope:
        """The database past row level security, with nobody as auth.uid()."""
        return self._scope(_SERVICE)

    @property
    def length(self) -> int | None:
        """The announced length of the body; None if it is chunked."""
        text = self.request.headers.get("content-length")
        return int(text) if text is not None and text.isdecimal() else None

    def authenticate(self, *, header_required: bool = True) -> None:
        """Read the caller's token. Raises StorageError."""
        header = self.request.headers.get("authorization")
        if header is None and header_required:
            raise StorageError.invalid("headers must have required property 'authorization'")
        try:
            self.claims = self.parts.tokens.read(_BEARER.sub("", header or "", count=1).strip())
        except TokenError as error:
            raise StorageError.denied(TOKEN_ERRORS[error.code]) from error

    def read_token(self, token: str) -> Mapping[str, Any]:
        """Return the claims of a signed URL's token. Raises StorageError."""
        try:
            return self.parts.tokens.read(token)
        except TokenError as error:
            raise StorageError(400, "InvalidJWT", TOKEN_ERRORS[error.code]) from error

    def forget_files(self, versions: Iterable[str | None]) -> None:
        """Remove bytes that no row names any more."""
        for version in versions:
            self.parts.files.delete(version)

    def _scope(self, claims: Mapping[str, Any]) -> Scope:
        return Scope(claims, self.request.headers, self.request.method, self.path, self.operation)
