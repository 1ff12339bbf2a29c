"""Proves that files arrived: reads pieces of them back, compares, and has the server note it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from audiodesk.domain.errors import AudioDeskError, OutsideError, UserError
from audiodesk.domain.uploads.samples import Piece, sampled_pieces
from audiodesk.local.file_copy import hash_file
from audiodesk.local.rows.sync.server_rows import ServerRows
from audiodesk.local.rows.work import upload_repo
from audiodesk.local.rows.work.upload_repo import Upload
from audiodesk.services.uploading.upload_room import UploadRoom
from audiodesk.system.files import file_errors

__all__ = ["UploadCheck"]

_AT_ONCE = 50
"""Files that one call of the server notes."""


class UploadCheck:
    """Reads back on any thread; the files that are equal are noted many at once."""

    def __init__(self, room: UploadRoom, failed: Callable[[Upload, AudioDeskError], None]) -> None:
        self._room = room
        self._failed = failed
        self._equal: list[Upload] = []
        self._lock = threading.Lock()
        self._noting = threading.Lock()

    def compare(self, upload: Upload) -> None:
        """Read pieces of the object back and compare them with the vault's file, whose own bytes are proven first.

        Raises "object-differs", "object-missing", "file-damaged", and what the requests raise.
        """
        room = self._room
        room.require_running()
        path = room.vault.path_of(upload.sha256, upload.kind)
        if hash_file(path, cancel=room.stop).sha256 != upload.sha256:
            # What was sent is not what the person gave, so it must not be called safe.
            raise UserError("file-damaged", name=upload.file_name)
        assert upload.object_key is not None  # noqa: S101 - it was sent there
        for piece in sampled_pieces(upload.size, room.chance.randrange):
            room.require_running()
            if room.objects.piece(upload.object_key, piece.first, piece.length) != self._own(upload, piece):
                raise OutsideError("object-differs", host=room.host, details=f"{piece.first}+{piece.length}")
        with self._lock:
            self._equal.append(upload)

    def note(self, *, at_least: int = _AT_ONCE) -> int:
        """Have the server note the files that are equal, if there are so many; return how many are safe now.

        Raises what the call raises; then they are noted by the next call.
        """
        safe = 0
        with self._noting:
            while (some := self._next(at_least)) is not None:
                try:
                    self._room.require_running()
                    results = self._room.verifying.verified([upload.file_id for upload in some], "safe")
                except BaseException:
                    with self._lock:
                        self._equal = [*some, *self._equal]
                    raise
                safe += self._take(some, results)
        return safe

    def _next(self, at_least: int) -> list[Upload] | None:
        with self._lock:
            if len(self._equal) < max(1, at_least):
                return None
            some, self._equal = self._equal[:_AT_ONCE], self._equal[_AT_ONCE:]
            return some

    def _take(self, uploads: list[Upload], results: list[dict[str, Any]]) -> int:
        room, now = self._room, self._room.database.clock()
        applied = [upload for upload, result in zip(uploads, results, strict=True) if result["result"] == "applied"]
        rows = [result["row"] for result in results if result["row"] is not None]

        def take(connection: Any) -> None:
            ServerRows(connection, now).keep(rows)
            upload_repo.finish(connection, [upload.file_id for upload in applied], now)

        room.database.write(take)
        for upload in applied:
            room.note_rest(upload.file_id)
        if applied:
            room.tell(*{upload.place.section_id for upload in applied})
        for upload, result in zip(uploads, results, strict=True):
            if result["result"] != "applied":
                self._failed(upload, _refused(result, room.host))
        return len(applied)

    def _own(self, upload: Upload, piece: Piece) -> bytes:
        path = self._room.vault.path_of(upload.sha256, upload.kind)
        with file_errors(path), path.open("rb") as file:
            file.seek(piece.first)
            return file.read(piece.length)


def _refused(result: dict[str, Any], host: str) -> OutsideError:
    code, details = result["code"], str(result["message"] or "")[:300]
    if code == "object_missing":
        return OutsideError("object-missing", host=host, details=details)
    if code == "size_differs":
        return OutsideError("object-differs", host=host, details=details)
    # The row or its key is not there yet, perhaps because the server was restored: the next sync brings it.
    return OutsideError("server-failed", host=host, reason=details or str(code), details=details, retry_after=30.0)
