"""Proves for ``doctor`` that audio can go up and come back: a tiny file is stored, read, and removed."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator

from audiodesk.cloud.server import Server
from audiodesk.cloud.sign_in.token_claims import user_id_of
from audiodesk.cloud.transfer.resumable import NewObject
from audiodesk.domain.doctor import PartReport
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.words.errors.error_words import error_action, error_sentence

__all__ = ["storage_report"]

_NOWHERE = "00000000-0000-0000-0000-000000000000"
"""In place of project, chapter and section: no row has this id, and support does not list what lies there."""
_FRAME = bytes.fromhex("fffb9000") + bytes(413)
"""One silent frame of MP3 at 128 kbit/s and 44.1 kHz (417 bytes: 144 × 128 000 / 44 100)."""


def storage_report(server: Server) -> PartReport:
    """Return whether a file went up, was read back equal, and was removed, as the signed-in person.

    What an earlier test left, because it was stopped, goes first. Being over the quota is an answer, and no fault.
    """
    prefix = f"{user_id_of(server.session.access_token())}/{_NOWHERE}/{_NOWHERE}/{_NOWHERE}/doctor-"
    data = _FRAME + secrets.token_bytes(64)  # so that no cache could know it
    new = NewObject(f"{prefix}{secrets.token_hex(4)}.mp3", len(data), "audio/mpeg", hashlib.sha256(data).hexdigest())
    step = "not-removed"
    try:
        if left := server.objects.keys_below(prefix):
            server.objects.remove(left)
        step = "not-written"
        server.uploads.begin(new, lambda first, length: _body(data, first, length))
        step = "not-read"
        if server.objects.piece(new.key, 0, len(data)) != data:
            return PartReport("storage", "differs", ok=False)
        step = "not-removed"
        server.objects.remove([new.key])
        if server.objects.facts(new.key) is not None:
            return PartReport("storage", "stays", ok=False)
    except AudioDeskError as error:
        if error.code == "quota-exceeded":
            return PartReport("storage", "full", {"sentence": error_sentence(error)})
        return PartReport("storage", step, {"sentence": error_sentence(error), "action": error_action(error)}, ok=False)
    return PartReport("storage", "fine")


def _body(data: bytes, first: int, length: int) -> Iterator[bytes]:
    yield data[first : first + length]
