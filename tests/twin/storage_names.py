"""Names in the storage server: which keys are valid, and how they are read from a request's path."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote_to_bytes

from tests.twin.storage_errors import StorageError

__all__ = [
    "BadUrlError",
    "check_bucket",
    "check_key",
    "check_segments",
    "decode",
    "decode_uri",
    "encode_component",
    "is_uuid",
]

_KEY: Final = re.compile(r"[A-Za-z0-9_/!.*'() &$=@;:+,?-]*")
_BUCKET: Final = re.compile(r"[A-Za-z0-9_!.*'() &$=@;:+,?-]{1,63}")
_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-5][0-9a-f]{3}-[089ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)
_BROKEN_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_KEPT_BY_DECODE_URI: Final = re.compile(r"(%(?:3B|2F|3F|3A|40|26|3D|2B|24|2C|23))", re.IGNORECASE)
_LONGEST_SEGMENT: Final = 255


class BadUrlError(Exception):
    """A path with a broken %-escape."""


def check_key(key: str) -> None:
    """Raise StorageError if no object may have this name."""
    if not key or not _KEY.fullmatch(key):
        raise StorageError.invalid_key(key)


def check_bucket(name: str) -> None:
    """Raise StorageError if no bucket may have this name."""
    if not _BUCKET.fullmatch(name):
        raise StorageError(400, "InvalidBucketName", "Bucket name invalid", error="Invalid Input")


def check_segments(bucket: str, key: str) -> None:
    """Raise StorageError for a name that the disk of the real server refuses."""
    segments = [segment for segment in re.split(r"[\\/]+", key) if segment]
    if any(segment in (".", "..") for segment in segments):
        raise StorageError.invalid_key(f"stub/{bucket}/{key}", " contains dot path segment")
    if any(len(segment) > _LONGEST_SEGMENT for segment in segments):
        raise StorageError.internal()


def is_uuid(text: str | None) -> bool:
    """Tell whether a column of the type uuid takes this text."""
    return bool(text and _UUID.fullmatch(text))


def decode(path: str) -> str:
    """Decode as JavaScript's decodeURIComponent does. Raises BadUrlError."""
    if _BROKEN_ESCAPE.search(path):
        raise BadUrlError
    try:
        return unquote_to_bytes(path).decode("utf-8")
    except UnicodeDecodeError:
        raise BadUrlError from None


def decode_uri(path: str) -> str:
    """Decode as decodeURI does: %2B and the like stay, so that such names cannot be signed one by one."""
    return "".join(part if at % 2 else decode(part) for at, part in enumerate(_KEPT_BY_DECODE_URI.split(path)))


def encode_component(text: str) -> str:
    """Encode as JavaScript's encodeURIComponent does."""
    kept = "-_.!~*'()"
    return "".join(
        char
        if char.isascii() and (char.isalnum() or char in kept)
        else "".join(f"%{byte:02X}" for byte in char.encode())
        for char in text
    )
