"""Reads multipart forms as they arrive: small fields, then one file whose bytes are passed on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from typing import Final

from tests.twin.storage_errors import StorageError

__all__ = ["FormFile", "read_form"]

_LONGEST_HEAD: Final = 16 * 1024
_LONGEST_FIELD: Final = 1024 * 1024
_END: Final = b"\r\n\r\n"


@dataclass
class FormFile:
    """The file part, and the fields that stood before it."""

    mime_type: str
    blocks: Iterator[bytes]
    fields: dict[str, str] = field(default_factory=dict)


def read_form(blocks: Iterator[bytes], content_type: str) -> FormFile:
    """Read a form up to its first file. Raises StorageError if it has none."""
    reader = _Reader(blocks)
    delimiter = b"\r\n--" + _boundary(content_type)
    reader.pending = bytearray(b"\r\n")  # the first delimiter follows no line break
    _collect(reader, delimiter, _LONGEST_HEAD)
    fields: dict[str, str] = {}
    while reader.take(2) == b"\r\n":
        # A part without headers has only the empty line.
        head = _parse(bytes(_collect(reader, _END, _LONGEST_HEAD)))
        name = str(head.get_param("name", "", "content-disposition"))
        mime_type = head.get_content_type() if "content-type" in head else "text/plain"
        if head.get_filename() is not None or mime_type == "application/octet-stream":
            return FormFile(mime_type, reader.until(delimiter), fields)
        fields[name] = _collect(reader, delimiter, _LONGEST_FIELD).decode("utf-8", "replace")
    raise _no_content()


class _Reader:
    """Cuts a stream of blocks at delimiters."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self.pending = bytearray()
        self._blocks = blocks

    def until(self, delimiter: bytes) -> Iterator[bytes]:
        """Yield the bytes before the delimiter and drop it. Raises StorageError if the stream ends first."""
        while (at := self.pending.find(delimiter)) < 0:
            sure = len(self.pending) - len(delimiter) + 1
            if sure > 0:
                yield bytes(self.pending[:sure])
                del self.pending[:sure]
            self._more()
        found = bytes(self.pending[:at])
        del self.pending[: at + len(delimiter)]
        if found:
            yield found

    def take(self, count: int) -> bytes:
        """Return the next bytes."""
        while len(self.pending) < count:
            self._more()
        taken = bytes(self.pending[:count])
        del self.pending[:count]
        return taken

    def _more(self) -> None:
        block = next(self._blocks, None)
        if block is None:
            raise _no_content()
        self.pending += block


def _collect(reader: _Reader, delimiter: bytes, limit: int) -> bytearray:
    collected = bytearray()
    for piece in reader.until(delimiter):
        collected += piece
        if len(collected) > limit:
            raise StorageError.too_large("metadata")
    return collected


def _parse(head: bytes) -> Message:
    message = Message()
    for line in head.decode("utf-8", "replace").split("\r\n"):
        name, colon, value = line.partition(":")
        if colon:
            message[name.strip()] = value.strip()
    return message


def _boundary(content_type: str) -> bytes:
    found = re.search(r'boundary="?([^";]+)"?', content_type)
    if found is None:
        raise _no_content()
    return found.group(1).strip().encode()


def _no_content() -> StorageError:
    return StorageError.invalid("No content provided", error="InvalidRequest")
