"""Sends one file to the cloud, from wherever its journal says that it is."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from audiodesk.cloud.transfer.resumable import NewObject, Reached
from audiodesk.domain.errors import AudioDeskError, OutsideError, UserError
from audiodesk.domain.uploads.aftermath import Aftermath, aftermath
from audiodesk.domain.uploads.object_key import content_type
from audiodesk.local.rows.work import upload_repo
from audiodesk.local.rows.work.upload_repo import Intent, Upload
from audiodesk.services.uploading.upload_room import UploadRoom
from audiodesk.system.files import file_errors

__all__ = ["FileUpload"]

_BLOCK = 64 * 1024
_MARGIN_MS = 5_000
"""An address that expires within this time is not used any more."""
_TURNS = 4
"""How often in one go an upload looks or begins anew, before it waits as after a failure."""


class FileUpload:
    """One upload. Each request is noted before it is sent, and then its answer: a kill loses at most a chunk."""

    def __init__(self, room: UploadRoom, upload: Upload) -> None:
        self._room = room
        self._upload = upload

    def run(self) -> Upload | None:
        """Send what is missing. Returns the upload once all its bytes are at the server; None if it is not wanted now.

        Raises AudioDeskError; the journal then says where to go on.
        """
        for turn in range(_TURNS):
            try:
                return self._run()
            except AudioDeskError as error:
                if turn == _TURNS - 1 or not self._is_mended(error):
                    raise
        raise AssertionError

    def _run(self) -> Upload | None:
        path = self._require_file()
        if not self._is_wanted():
            self._leave()
            return None
        reached = self._reached()
        while reached.offset < self._upload.size:
            if not self._is_wanted():
                self._leave()
                return None
            reached = self._send(reached, path)
        self._room.note_sent(self._upload.file_id, self._upload.size)
        return self._upload

    def _is_mended(self, error: AudioDeskError) -> bool:
        """Do at once what an error asks for, if it is about the address or the object; return whether it was."""
        what = aftermath(error)
        if what in (Aftermath.LOOK, Aftermath.COMPARE):
            if what is Aftermath.COMPARE or self._upload.address is None:
                self._forget()
            return True
        if what is Aftermath.ANEW:
            self._forget()
            return True
        return False

    def _reached(self) -> Reached:
        """Return how far the upload is, as the server says; begin it where there is none."""
        upload, now = self._upload, self._room.database.clock()
        if upload.address is not None and self._is_ours(now):
            return self._ask("look")
        if upload.address is not None:
            self._forget()
        # Any earlier request may have been carried out though its answer was lost, or by another computer.
        if self._is_perhaps_there() and (found := self._object()) is not None:
            return found
        return self._ask("begin")

    def _is_ours(self, now: int) -> bool:
        upload = self._upload
        is_same = (upload.host, upload.sent_key, upload.source_size, upload.source_sha256) == (
            self._room.host, upload.object_key, upload.size, upload.sha256,
        )  # fmt: skip
        return is_same and (upload.expires_at is None or upload.expires_at > now + _MARGIN_MS)

    def _is_perhaps_there(self) -> bool:
        upload = self._upload
        return upload.intent is not None or upload.attempts > 0 or upload.bytes_sent > 0 or upload.offset > 0

    def _object(self) -> Reached | None:
        """Ask whether the object is there; one with other bytes goes, for nobody else uses this key."""
        self._room.require_running()
        facts = self._room.objects.facts(self._key)
        if facts is None:
            return None
        if facts.size == self._upload.size and facts.sha256 in ("", self._upload.sha256):
            return self._note(Reached("", self._upload.size), 0)  # no upload made it that could still be asked
        self._room.objects.remove([self._key])
        return None

    def _ask(self, intent: Intent) -> Reached:
        upload, room = self._upload, self._room
        room.require_running()
        self._note_intent(intent)
        if intent == "look":
            assert upload.address is not None  # noqa: S101 - the caller looked
            return self._note(room.uploads.look(upload.address, upload.size), 0)
        new = NewObject(self._key, upload.size, content_type(upload.kind), upload.sha256)
        body = _Body(room, upload, self._require_file())
        return self._note(room.uploads.begin(new, body), body.sent)

    def _send(self, reached: Reached, path: Path) -> Reached:
        upload, room = self._upload, self._room
        room.require_running()
        self._note_intent("send")
        body = _Body(room, upload, path)
        return self._note(room.uploads.send(reached.address, reached.offset, upload.size, body), body.sent)

    def _note_intent(self, intent: Intent) -> None:
        room, upload = self._room, self._upload
        now = room.database.clock()
        room.database.write(lambda connection: upload_repo.note_intent(connection, upload, intent, room.host, now))
        self._upload = replace(upload, intent=intent)

    def _note(self, reached: Reached, sent: int) -> Reached:
        """Commit what the server answered, before anything else is asked."""
        room, file_id = self._room, self._upload.file_id
        expires_at = None if reached.lasts is None else room.database.clock() + int(1000 * reached.lasts)
        room.database.write(
            lambda connection: upload_repo.note_reached(
                connection,
                file_id,
                address=reached.address or None,
                offset=reached.offset,
                expires_at=expires_at,
                sent=sent,
            )
        )
        self._upload = replace(
            self._upload,
            address=reached.address or None,
            offset=reached.offset,
            expires_at=expires_at,
            intent=None,
            attempts=0,
            host=room.host,
            sent_key=self._key,
            source_size=self._upload.size,
            source_sha256=self._upload.sha256,
            bytes_sent=self._upload.bytes_sent + sent,
        )
        room.note_sent(file_id, reached.offset)
        room.tell_moved(self._upload.place.section_id)
        return reached

    def _forget(self) -> None:
        room, file_id = self._room, self._upload.file_id
        room.database.write(lambda connection: upload_repo.forget_address(connection, file_id))
        self._upload = replace(self._upload, address=None, offset=0, expires_at=None, attempts=1)

    def _leave(self) -> None:
        """Take an upload that is not wanted any more out of the queue, at the server too."""
        upload, room = self._upload, self._room
        if upload.address:
            with contextlib.suppress(OutsideError):  # else it expires by itself
                room.uploads.give_up(upload.address)
        room.database.write(lambda connection: upload_repo.drop(connection, upload.file_id))

    def _is_wanted(self) -> bool:
        with self._room.database.read() as connection:
            return upload_repo.is_wanted(connection, self._upload.file_id)

    def _require_file(self) -> Path:
        """Return the file in the vault. Raises UserError "file-missing" or "file-damaged"."""
        upload = self._upload
        path = self._room.vault.path_of(upload.sha256, upload.kind)
        if not self._room.vault.has(upload.sha256, upload.kind):
            raise UserError("file-missing", name=upload.file_name)
        with file_errors(path):
            if path.stat().st_size != upload.size:
                raise UserError("file-damaged", name=upload.file_name)
        return path

    @property
    def _key(self) -> str:
        assert self._upload.object_key is not None  # noqa: S101 - only files with a key are sent
        return self._upload.object_key


class _Body:
    """Reads a chunk from the vault block by block, and ends between two blocks once the run was stopped."""

    def __init__(self, room: UploadRoom, upload: Upload, path: Path) -> None:
        self._room = room
        self._file_id = upload.file_id
        self._path = path
        self.sent = 0

    def __call__(self, first: int, length: int) -> Iterator[bytes]:
        self.sent = 0
        with file_errors(self._path), self._path.open("rb") as file:
            file.seek(first)
            end = first + length
            while first < end:
                self._room.require_running()
                block = file.read(min(_BLOCK, end - first))
                if not block:
                    raise UserError("file-damaged", name=self._path.name)
                yield block
                first += len(block)
                self.sent += len(block)
                self._room.note_sent(self._file_id, first, len(block))
