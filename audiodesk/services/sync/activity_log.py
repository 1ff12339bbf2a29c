"""What a person reads and does in Activity: what came, what was refused, and the account's computers."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from audiodesk.domain.errors import UserError
from audiodesk.domain.events import ActivityChanged
from audiodesk.domain.library.edit import Edit, FieldChange
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.titles import clean_title
from audiodesk.domain.server.computers import Computer, Computers, distinct_names
from audiodesk.domain.sync.activity import Activity, RefusedChange
from audiodesk.local.database.database import Database
from audiodesk.local.rows.store import change_repo, device_repo, fact_repo
from audiodesk.local.rows.store.edited_rows import EditedRows
from audiodesk.local.rows.store.row_codec import column_names, from_column, from_field, to_field, travels
from audiodesk.local.rows.sync import activity_repo, refused_change_repo
from audiodesk.local.rows.sync.device import DEVICE, this_device
from audiodesk.local.rows.sync.server_rows import ServerRows
from audiodesk.services.bus import Bus
from audiodesk.services.library.edit_effects import Touched, touched_by
from audiodesk.services.library.library import Library
from audiodesk.services.sync.arrivals import titles
from audiodesk.services.sync.sync_server import SyncServer

__all__ = ["ActivityLog"]

_LONGEST_NAME = 200
"""Characters of a computer's name; the server takes no more."""


class ActivityLog:
    """Reads from the library; only ``computers`` asks the server. Thread-safe."""

    def __init__(self, database: Database, bus: Bus, library: Library, server: Callable[[], SyncServer]) -> None:
        self._database = database
        self._bus = bus
        self._library = library
        self._server = server

    def entries(self) -> list[Activity]:
        """Return what happened, newest first, as far back as it is kept."""
        with self._database.read() as connection:
            return activity_repo.newest(connection)

    def news(self, before: Sequence[Activity]) -> list[Activity]:
        """Return what happened since ``entries`` returned ``before``, oldest first; numbers are what has been added."""
        known = {entry.position: entry for entry in before}
        found = []
        for entry in reversed(self.entries()):
            former = known.get(entry.position)
            if former is None:
                found.append(entry)
            elif (former.at, former.params) != (entry.at, entry.params):
                found.append(replace(entry, params=_added(entry.params, former.params)))
        return found

    def unread(self) -> int:
        """Return the number of unread entries and refused changes."""
        with self._database.read() as connection:
            return activity_repo.count_unread(connection) + len(refused_change_repo.all_of(connection))

    def mark_read(self, until: int) -> None:
        """Note that the entries up to the position ``until`` were read."""
        self._database.write(lambda connection: activity_repo.mark_read(connection, until))
        self._bus.publish(ActivityChanged())

    def refused(self) -> list[tuple[RefusedChange, tuple[str, ...]]]:
        """Return the refused changes, newest first, each with the titles from the project down to its row."""
        with self._database.read() as connection:
            return [(found, titles(connection, found.ref)) for found in refused_change_repo.all_of(connection)]

    def retry(self, change_id: str) -> None:
        """Make the refused edit again: its values are shown at once, and sent with the next sync. It can be undone.

        A row that the server does not have is sent as a whole. Raises UserError("not-found") if the change was tried
        again or dismissed already, or if its row is gone.
        """

        def work(connection: sqlite3.Connection) -> tuple[list[FieldChange], Touched, str]:
            refused = refused_change_repo.one(connection, change_id)
            if refused is None:
                raise UserError("not-found", text=change_id)
            rows = EditedRows(connection, self._database.clock())
            changes = _again(rows, refused)
            refused_change_repo.remove(connection, change_id)
            path = titles(connection, refused.ref)
            return changes, touched_by(rows, changes), path[-1] if path else ""

        changes, touched, title = self._database.write(work)
        self._library.record(Edit("retry", tuple(changes), {"title": title}))
        for event in touched.events():
            self._bus.publish(event)
        self._bus.publish(ActivityChanged())

    def dismiss(self, change_id: str) -> None:
        """Forget a refused change. Nothing happens if it is gone already."""
        self._database.write(lambda connection: refused_change_repo.remove(connection, change_id))
        self._bus.publish(ActivityChanged())

    def rename_computer(self, title: str) -> str:
        """Give this computer another name, which travels with the next sync; return it as it is kept.

        Raises UserError("title-empty") and ("title-too-long").
        """
        name = clean_title(title)
        if len(name) > _LONGEST_NAME:
            raise UserError("title-too-long", limit=_LONGEST_NAME, length=len(name))

        def work(connection: sqlite3.Connection) -> None:
            rows = EditedRows(connection, self._database.clock())
            rows.update(Ref(Entity.DEVICE, this_device(rows)), title=name)

        self._database.write(work)
        self._bus.publish(ActivityChanged())
        return name

    def is_computer_sent(self) -> bool:
        """Tell whether the server has this computer with the name that it has here."""
        with self._database.read() as connection:
            this = fact_repo.known(connection, DEVICE)
            return this is not None and not change_repo.is_waiting(connection, Ref(Entity.DEVICE, this))

    def this_computer(self) -> str:
        """Return this computer's id among the account's; empty before it has made one."""
        with self._database.read() as connection:
            return fact_repo.known(connection, DEVICE) or ""

    def known_computers(self) -> tuple[Computer, ...]:
        """Return the account's computers as far as this library knows them, this one first."""
        this = self.this_computer()
        with self._database.read() as connection:
            found = device_repo.devices(connection)
        return tuple(sorted(found, key=lambda one: one.id != this))

    def computers(self) -> Computers:
        """Ask the server for the account's computers and its time; this one first, then the one that was here last.

        A name that was changed here counts before it is sent; no two names are equal. Raises AudioDeskError.
        """
        this, asked = self.this_computer(), self._server().devices()
        with self._database.read() as connection:
            here = device_repo.titles(connection)
        titles = [(one.id, here.get(one.id, one.title), one.created_at) for one in asked.computers]
        names = distinct_names(titles)
        named = sorted((replace(one, title=names[one.id]) for one in asked.computers), key=lambda one: one.id != this)
        return Computers(asked.now, tuple(named))


def _added(now: Mapping[str, str | int], before: Mapping[str, str | int]) -> dict[str, str | int]:
    return {
        name: value - was if isinstance(value, int) and isinstance(was := before.get(name, 0), int) else value
        for name, value in now.items()
    }


def _again(rows: EditedRows, refused: RefusedChange) -> list[FieldChange]:
    connection, ref = rows.connection, refused.ref
    columns = rows.columns(ref)
    if columns is None:
        raise UserError("not-found", text=ref.id)
    is_known = ServerRows(connection, rows.now).kept(ref) is not None
    if not is_known and not change_repo.is_waiting(connection, ref):
        _create_again(rows, ref)
    if refused.is_create:
        return []
    values = {name: from_field(name, value) for name, value in refused.fields.items()}
    for name in ("deleted_at", "purged_at"):
        if values.get(name) is True:
            values[name] = rows.now
    return rows.update(ref, **values)


def _create_again(rows: EditedRows, ref: Ref) -> None:
    """Send the whole row, as it is shown."""
    columns = rows.columns(ref)
    assert columns is not None  # noqa: S101 - the caller looked
    values = {name: from_column(name, columns[name]) for name in column_names(ref.entity)}
    fields = {name: to_field(name, value) for name, value in values.items() if travels(name)}
    change_repo.add(rows.connection, rows.now, ref.entity, ref.id, fields, is_create=True)
