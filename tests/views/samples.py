"""Sample rows as a catalogue returns them, for tests of views without a library."""

from __future__ import annotations

from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.audio.findings import Finding
from audiodesk.domain.library.entities import FileRole, Project, Take, TakeFile
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.listings import HistoryEntry, ProjectDetails, TakeDetails, TakeRow, TrashItem
from audiodesk.domain.library.read_model import Crumb, Ref, TreeNode

__all__ = ["chapter", "crumbs", "details", "project", "project_details", "section", "take", "trashed"]


def project(row_id: str = "p1", title: str = "The Salt Road", children: int = 2) -> TreeNode:
    return TreeNode(Ref(Entity.PROJECT, row_id), None, title, children, 63, 41, 70, 3600.0)


def chapter(row_id: str = "c1", title: str = "1 · The Well", parent: str = "p1", children: int = 3) -> TreeNode:
    return TreeNode(Ref(Entity.CHAPTER, row_id), parent, title, children, 9, 5, 12, 600.0, warnings=1)


def section(row_id: str = "s1", title: str = "1.1 Dawn", parent: str = "c1", takes: int = 2) -> TreeNode:
    return TreeNode(Ref(Entity.SECTION, row_id), parent, title, 0, 1, int(takes > 0), takes, 60.0 * takes)


def take(
    number: int = 1,
    *,
    is_current: bool = False,
    findings: tuple[Finding, ...] = (),
    title: str = "",
    file_name: str = "ferry.wav",
    repaired: bool = False,
    replaces: str | None = None,
) -> TakeRow:
    take_id = f"t{number}"
    row = Take(
        id=take_id,
        order_key="a0",
        section_id="s1",
        title=title,
        file_name=file_name,
        created_at=1_700_000_000_000,
        replaces_take_id=replaces,
    )
    original = TakeFile(
        id=f"f{number}",
        order_key="a0",
        take_id=take_id,
        sha256="3f9a2c71" * 8,
        size=50_436_505,
        kind=Kind.WAV,
        seconds=572.412,
        sample_rate=44_100,
        channels=1,
        bit_depth=16,
        findings=findings,
        role=FileRole.ORIGINAL,
    )
    if not repaired:
        return TakeRow(row, number, is_current, original, original)
    kept = TakeFile(
        id=f"r{number}",
        order_key="a0",
        take_id=take_id,
        sha256="11112222" * 8,
        size=1_000_000,
        kind=Kind.WAV,
        seconds=602.0,
        sample_rate=44_100,
        channels=1,
        bit_depth=16,
        role=FileRole.REPAIRED,
    )
    return TakeRow(row, number, is_current, kept, original)


def crumbs() -> tuple[Crumb, ...]:
    return (
        Crumb(Entity.PROJECT, "p1", "The Salt Road"),
        Crumb(Entity.CHAPTER, "c1", "1 · The Well"),
        Crumb(Entity.SECTION, "s1", "1.1 Dawn"),
    )


def details(row: TakeRow | None = None) -> TakeDetails:
    shown = row or take()
    assert shown.file is not None
    history = (HistoryEntry(1_700_000_000_000, "added", {"name": "ferry.wav"}),)
    return TakeDetails(shown, (shown.file,), crumbs(), "/media/USB recorder/ferry.wav", 1_700_000_000_000, history, b"")


def project_details(title: str = "The Salt Road") -> ProjectDetails:
    return ProjectDetails(Project(id="p1", order_key="a0", title=title, author="A. Moor"), None)


def trashed(row_id: str = "s9", title: str = "2.5 Night crossing") -> TrashItem:
    return TrashItem(
        Ref(Entity.SECTION, row_id), title, crumbs()[:2], 1_700_000_000_000, 1_702_592_000_000, takes=1, size=1_000_000
    )
