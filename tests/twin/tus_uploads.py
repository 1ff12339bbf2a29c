"""Unfinished and finished TUS uploads on disk: a small file of facts beside the bytes that have arrived."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from uuid import UUID

from tests.twin.storage_files import StoredFiles
from tests.twin.storage_settings import StorageSettings
from tests.twin.tus_headers import TusError, UploadId

__all__ = ["Upload", "Uploads"]


@dataclass(frozen=True)
class Upload:
    """One upload; `offset` bytes have arrived; `size` is None until the client states it."""

    bucket: str
    name: str
    version: str
    size: int | None
    created: float
    metadata: dict[str, str | None] = field(default_factory=dict)
    offset: int = 0

    @property
    def id(self) -> UploadId:
        """Its address."""
        return UploadId(self.bucket, self.name, self.version)

    @property
    def finished(self) -> bool:
        """Whether all of it is there."""
        return self.offset == self.size


class Uploads:
    """The uploads of one server; nothing is kept in memory, so that they outlive it."""

    def __init__(self, folder: Path, files: StoredFiles, settings: StorageSettings, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.files = files
        self._folder = folder
        self._settings = settings

    def create(self, upload: Upload) -> None:
        """Make an upload without bytes."""
        self.files.begin(upload.version)
        self._write(upload)

    def load(self, upload_id: UploadId) -> Upload:
        """Return the upload as it is now. Raises TusError if it is unknown, gone or expired."""
        try:
            facts = json.loads(self._path(upload_id.version).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            raise TusError.not_found() from None
        upload = Upload(**facts)
        if upload.id != upload_id:
            raise TusError.not_found()
        offset = self.files.size(upload.version)
        if offset is None:
            raise TusError.not_found() if self._settings.s3_style else TusError.gone()
        return replace(upload, offset=offset)

    def load_living(self, upload_id: UploadId) -> Upload:
        """Return the upload as it is now, if it has not expired. Raises TusError."""
        upload = self.load(upload_id)
        expires = self.expires(upload)
        if expires is not None and self.clock() > expires:
            raise TusError.gone()
        return upload

    def expires(self, upload: Upload) -> float | None:
        """Return when an unfinished upload expires; None: never."""
        lifetime = self._settings.tus_lifetime
        return None if lifetime is None else upload.created + lifetime

    def declare_length(self, upload: Upload, size: int) -> Upload:
        """Store the length, which the client states now."""
        declared = replace(upload, size=size)
        self._write(declared)
        return declared

    def remove(self, upload: Upload) -> None:
        """Remove an upload and its bytes."""
        self.files.delete(upload.version)
        self._path(upload.version).unlink(missing_ok=True)

    def _write(self, upload: Upload) -> None:
        facts = asdict(upload)
        del facts["offset"]
        path = self._path(upload.version)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(json.dumps(facts), encoding="utf-8")
        part.replace(path)

    def _path(self, version: str) -> Path:
        return self._folder / f"{UUID(version)}.json"
