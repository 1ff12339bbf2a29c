"""Takes with real bytes in the vault, made without decoding them, and what the bucket must hold of them."""

from __future__ import annotations

import hashlib
import random
from uuid import UUID

from audiodesk.composition import Core
from audiodesk.composition.account import Account
from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.ids import new_id
from audiodesk.domain.library.entities import Take, TakeFile
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.states import TakeState, take_state
from audiodesk.local.rows.library.state_repo import take_facts
from audiodesk.local.rows.store.edited_rows import EditedRows
from audiodesk.local.rows.work import vault_file_repo
from tests.twin.twin import Twin

__all__ = ["Recorder", "bytes_in_bucket", "state_of"]


class Recorder:
    """Adds takes to one section."""

    def __init__(self, core: Core, title: str = "River") -> None:
        self.core = core
        project = core.library.add_project(title)
        self.project = project
        self.section: Ref = core.library.add_section(core.library.add_chapter(project.id, "One").id, "Toll")
        self._count = 0
        self.data: dict[str, bytes] = {}
        """The bytes of each take, by its id."""

    def add(self, size: int, *, seed: int | None = None) -> str:
        """Add a take of so many random bytes; return its id."""
        data = random.Random(self._count if seed is None else seed).randbytes(size)
        sha256, take_id, now = hashlib.sha256(data).hexdigest(), new_id(), self.core.database.clock()
        path = self.core.vault.path_of(sha256, Kind.WAV)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        key = f"a{self._count:04}"
        self._count += 1
        take = Take(id=take_id, order_key=key, section_id=self.section.id, file_name="Take Ü.wav", number=self._count)
        file = TakeFile(
            id=new_id(), order_key="a0", take_id=take_id, sha256=sha256, size=size, kind=Kind.WAV, seconds=1.0,
            sample_rate=44100, channels=1,
        )  # fmt: skip

        def write(connection: object) -> None:
            rows = EditedRows(connection, now)  # type: ignore[arg-type]
            rows.create(take)
            rows.create(file)
            vault_file_repo.entered(connection, sha256, Kind.WAV, size, now)  # type: ignore[arg-type]

        self.core.database.write(write)
        self.data[take_id] = data
        return take_id


def state_of(account: Account, take_id: str) -> TakeState:
    with account.core.database.read() as connection:
        return take_state(take_facts(connection, [take_id])[take_id])


def bytes_in_bucket(twin: Twin, user: UUID | str) -> list[bytes]:
    """Return the bytes of every object of a person, in no order."""
    with twin.database.connect() as connection:
        query = "select version from storage.objects where name like %s and bucket_id = 'audiofiles'"
        rows = connection.execute(query, [f"{user}/%"]).fetchall()
    return [(twin.folder / "objects" / version[:2] / version).read_bytes() for (version,) in rows]
