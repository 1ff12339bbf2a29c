"""A person's book on the server, written row by row: takes, their files, and the objects that hold the audio."""

from __future__ import annotations

from typing import Any, LiteralString
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb

from tests.twin.databases import Connection, Database

__all__ = ["StorageBook", "put_object"]

MP3 = "audio/mpeg"


def put_object(database: Database, key: str, size: int, *, bucket: str = "audiofiles", sha256: str = "") -> None:
    """Commit an object as the storage server does at the end of an upload."""
    with database.as_service("storage.object.upload") as connection:
        connection.execute(
            "insert into storage.objects (bucket_id, name, owner_id, version, metadata, user_metadata)"
            " values (%s, %s, %s, %s, %s, %s)",
            [
                bucket,
                key,
                key.split("/", maxsplit=1)[0],
                str(uuid4()),
                Jsonb({"size": size, "contentLength": size, "mimetype": MP3}),
                Jsonb({"sha256": sha256} if sha256 else {}),
            ],
        )


class StorageBook:
    """One project with one chapter and one section; takes are added to it."""

    def __init__(self, database: Database, owner: UUID, title: str = "Book") -> None:
        """Write the empty book of `owner`."""
        self._database = database
        self.owner = owner
        self.project, self.chapter, self.section = uuid4(), uuid4(), uuid4()
        with database.connect() as connection:
            _insert(connection, "project", owner, self.project, title=title)
            _insert(connection, "chapter", owner, self.chapter, project_id=self.project, title="Chapter 1")
            _insert(connection, "section", owner, self.section, chapter_id=self.chapter, title="Opening")

    def key(self, name: str) -> str:
        """The key of an object in this section."""
        return f"{self.owner}/{self.project}/{self.chapter}/{self.section}/{name}"

    def add_take(self, name: str, size: int = 1000, *, keyed: bool = True, wanted: bool = True) -> tuple[UUID, UUID]:
        """Add a take with one file, not yet uploaded; returns both ids."""
        take, file = uuid4(), uuid4()
        with self._database.connect() as connection:
            _insert(
                connection,
                "take",
                self.owner,
                take,
                section_id=self.section,
                number=1,
                file_name=name,
                upload_wanted=wanted,
            )
            self._insert_file(connection, take, file, self.key(name) if keyed else None, size)
        return take, file

    def add_file(self, take: UUID, name: str, size: int = 1000, role: str = "cloud_copy") -> UUID:
        """Add a further file to a take."""
        file = uuid4()
        with self._database.connect() as connection:
            self._insert_file(connection, take, file, self.key(name), size, role)
        return file

    def upload(self, name: str, size: int = 1000, *, sha256: str = "") -> None:
        """Commit the object of a file."""
        put_object(self._database, self.key(name), size, sha256=sha256)

    def change(self, entity: str, row_id: UUID, **fields: Any) -> None:
        """Write fields of a row past all rules, as a restored backup or a fault would leave them."""
        with self._database.connect("supabase_admin") as connection:
            # Without stamps and checks of the triggers: the row is stored exactly as given.
            connection.execute("set local session_replication_role = replica")
            columns = ", ".join(f"{field} = %s" for field in fields)
            statement = f"update audiodesk.{entity} set {columns} where owner = %s and id = %s"
            connection.execute(statement.encode(), [*fields.values(), self.owner, row_id])

    def age(self, entity: str, row_id: UUID, hours: float) -> None:
        """Let a row have been accepted `hours` ago."""
        with self._database.connect() as connection:
            row = connection.execute("select audiodesk.now_ms() - %s", [int(hours * 3_600_000)]).fetchone()
        assert row is not None
        self.change(entity, row_id, version=row[0], stamps=Jsonb({"*": row[0]}))

    def remove_object_rows(self) -> None:
        """Lose all objects of this person without any trigger hearing of it, as a restored database would."""
        with self._database.connect("supabase_admin") as connection:
            connection.execute("set local session_replication_role = replica")
            connection.execute("delete from storage.objects where name like %s", [f"{self.owner}/%"])

    def _insert_file(
        self, connection: Connection, take: UUID, file: UUID, key: str | None, size: int, role: str = "original"
    ) -> None:
        _insert(
            connection,
            "take_file",
            self.owner,
            file,
            take_id=take,
            role=role,
            sha256="ab" * 32,
            size=size,
            kind="mp3",
            seconds=12.5,
            sample_rate=44100,
            channels=1,
            object_key=key,
        )


def _insert(connection: Connection, entity: LiteralString, owner: UUID, row_id: UUID, **fields: Any) -> None:
    values = {"owner": owner, "id": row_id, "order_key": "a0", **fields}
    columns = ", ".join(values)
    places = ", ".join(["%s"] * len(values))
    statement = f"insert into audiodesk.{entity} ({columns}) values ({places})"
    connection.execute(statement.encode(), list(values.values()))
