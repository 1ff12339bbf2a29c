"""TUS messages: errors in plain text, checked headers, metadata and addresses read and written."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from tests.twin.storage_errors import StorageError
from tests.twin.storage_names import check_bucket, check_key

__all__ = ["CHUNK_TYPE", "VERSION", "TusError", "UploadId", "find_invalid_header", "format_metadata", "parse_metadata"]

VERSION: Final = "1.0.0"
CHUNK_TYPE: Final = "application/offset+octet-stream"

Metadata = dict[str, str | None]


class TusError(Exception):
    """A refusal in the protocol's own words, with its true status."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text

    @classmethod
    def not_found(cls) -> TusError:
        """No such upload."""
        return cls(404, "The file for this url was not found\n")

    @classmethod
    def gone(cls) -> TusError:
        """It was there."""
        return cls(410, "The file for this url no longer exists\n")

    @classmethod
    def no_length(cls) -> TusError:
        """The request gives no upload length and does not defer it, or does both."""
        return cls(400, "Upload-Length or Upload-Defer-Length header required\n")

    @classmethod
    def wrong_offset(cls) -> TusError:
        """Not where the upload stands."""
        return cls(409, "Upload-Offset conflict\n")

    @classmethod
    def size_exceeded(cls) -> TusError:
        """More than the upload's length."""
        return cls(413, "upload's size exceeded\n")

    @classmethod
    def maximum_exceeded(cls) -> TusError:
        """More than the bucket or the server takes."""
        return cls(413, "Maximum size exceeded\n")


@dataclass(frozen=True)
class UploadId:
    """The upload that an address stands for."""

    bucket: str
    name: str
    version: str

    @classmethod
    def of(cls, path: str) -> UploadId:
        """Read the id from a request's path. Raises TusError or StorageError."""
        last = path.rstrip("/").rpartition("/")[2]
        if last in ("resumable", "sign"):
            raise TusError.not_found()
        parts = _decode(last).split("/")
        if len(parts) < 2 or not parts[-1]:
            raise StorageError(400, "InvalidUploadId", "Invalid upload id")
        found = cls(parts[0], "/".join(parts[1:-1]), parts[-1])
        check_bucket(found.bucket)
        check_key(found.name)
        return found

    @property
    def address(self) -> str:
        """The last part of its URL."""
        text = f"{self.bucket}/{self.name}/{self.version}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def parse_metadata(header: str) -> Metadata:
    """Return the pairs of Upload-Metadata. Raises ValueError."""
    pairs: Metadata = {}
    for pair in header.split(","):
        key, *value = pair.split(" ")
        if not key or not key.isascii() or len(value) > 1 or key in pairs:
            raise ValueError(header)
        pairs[key] = base64.b64decode(value[0], validate=True).decode("utf-8", "replace") if value else None
    return pairs


def format_metadata(metadata: Mapping[str, str | None]) -> str:
    """Return the header Upload-Metadata for these pairs."""
    return ",".join(
        key if value is None else f"{key} {base64.b64encode(value.encode()).decode()}"
        for key, value in metadata.items()
    )


def find_invalid_header(method: str, headers: Mapping[str, str]) -> str | None:
    """Return the names of the protocol's headers that have impossible values."""
    wrong = [
        name
        for name, fits in _CHECKS.items()
        if name in headers and not (name == "content-type" and method != "PATCH") and not fits(headers[name])
    ]
    return " ".join(wrong) or None


def _decode(text: str) -> str:
    known = re.sub(r"[^A-Za-z0-9_-]", "", text)
    try:
        return base64.urlsafe_b64decode(known + "=" * (-len(known) % 4)).decode("utf-8", "replace")
    except binascii.Error:
        return ""


def _is_size(text: str) -> bool:
    return text.isascii() and text.isdecimal() and str(int(text)) == text


def _is_metadata(text: str) -> bool:
    try:
        parse_metadata(text)
    except ValueError:
        return False
    return True


_CHECKS: Final[Mapping[str, Callable[[str], bool]]] = {
    "upload-offset": _is_size,
    "upload-length": _is_size,
    "upload-defer-length": lambda text: text == "1",
    "upload-metadata": _is_metadata,
    "tus-resumable": lambda text: text == VERSION,
    "content-type": lambda text: text == CHUNK_TYPE,
}
