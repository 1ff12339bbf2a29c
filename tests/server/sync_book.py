"""A book of one row of each entity on the server, for the tests of pushes."""

from __future__ import annotations

from tests.server.sync_calls import Caller, create


class Book:
    """A project with a chapter, a section, a take, its file, a note and a cover, and a device, on the server."""

    def __init__(self, caller: Caller) -> None:
        changes = [create("project", title="Book")]
        self.project = changes[0]["id"]
        changes.append(create("chapter", project_id=self.project))
        self.chapter = changes[-1]["id"]
        changes.append(create("section", chapter_id=self.chapter))
        self.section = changes[-1]["id"]
        changes.append(create("take", section_id=self.section))
        self.take = changes[-1]["id"]
        changes.append(create("take_file", take_id=self.take))
        self.file = changes[-1]["id"]
        changes.append(create("note", take_id=self.take, text="Breath", at_seconds=1.5))
        self.note = changes[-1]["id"]
        changes.append(create("cover", project_id=self.project))
        self.cover = changes[-1]["id"]
        changes.append(create("device", title="Studio PC"))
        self.device = changes[-1]["id"]
        caller.applied(*changes)
