"""The rules by which dropped files and folders become projects, chapters, sections and takes."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from natsort import natsort_keygen, ns

from audiodesk.domain.entities import Kind
from audiodesk.domain.entity import Entity
from audiodesk.domain.outline import Crumb, Ref
from audiodesk.domain.plan import Place, PlannedFile
from audiodesk.domain.titles import MAX_TITLE, without_surrogates

__all__ = [
    "AUDIO_ENDINGS",
    "Children",
    "FoundFile",
    "name_with_ending",
    "natural_key",
    "numbered_name",
    "place_files",
    "printable",
    "same_title",
    "title_from_name",
]

Children = Callable[[Ref | None], Sequence[tuple[str, str]]]
"""Gives the live children of a row as (id, title), in order; of None, the projects."""

AUDIO_ENDINGS = frozenset(
    f".{name}"
    for name in (
        *("mp3", "wav", "wave", "bwf", "rf64", "w64", "mp2", "mpga", "mpa", "aif", "aiff", "aifc", "caf", "flac"),
        *("m4a", "m4b", "mp4", "aac", "ogg", "oga", "opus", "wma", "amr", "ape", "wv", "mka", "webm", "au", "snd"),
    )
)
"""Endings that promise audio of whatever kind: never passed over in a folder, and no part of a title."""
_JOINT = " – "
"""Between the names of folders that become one title; a slash would be read as a step of a title path."""

_natural = natsort_keygen(alg=ns.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One file among what was dropped; ``size`` in bytes."""

    path: str
    name: str
    size: int
    folder: str = ""
    """The name of the folder in which it lies; empty at the root of a disk."""
    below: tuple[str, ...] = ()
    """The dropped folder and those below it, down to the file; empty for a file that was dropped itself."""


def printable(text: str) -> str:
    """Return ``text`` as composed Unicode: bytes of a file name that were no UTF-8 become U+FFFD."""
    return unicodedata.normalize("NFC", without_surrogates(text))


def title_from_name(name: str, *, is_folder: bool = False) -> str:
    """Return the title that a file's or folder's name gives: without ending, underscores as spaces."""
    text = printable(name)
    stem, dot, ending = text.rpartition(".")
    if not is_folder and stem and (dot + ending).lower() in AUDIO_ENDINGS:
        text = stem
    spaced = "".join(" " if char == "_" or unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in text)
    return " ".join(spaced.split())[:MAX_TITLE].strip() or printable(name).strip("\0 ") or "–"


def name_with_ending(name: str, kind: Kind) -> str:
    """Return a misnamed file's name with the ending of what it really is: "ferry.mp3" that is WAV is "ferry.wav"."""
    stem, ending = PurePath(name).stem, PurePath(name).suffix.lower()
    return f"{stem if ending in AUDIO_ENDINGS else name}.{kind.value}"


def numbered_name(name: str, number: int) -> str:
    """Return the name of a further recording in a file: the second in "ferry.wav" is "ferry (2).wav"."""
    path = PurePath(name)
    stem, ending = (path.stem, path.suffix) if path.suffix.lower() in AUDIO_ENDINGS else (name, "")
    return f"{stem} ({number}){ending}"


def same_title(title: str) -> str:
    """Return what equal titles have in common: letters' case and the number of spaces make no difference."""
    return " ".join(unicodedata.normalize("NFC", title).casefold().split())


def natural_key(parts: Iterable[str]) -> tuple[tuple[object, ...], ...]:
    """Return a key that sorts paths, given as parts, as a person counts: 2 before 10, folder by folder."""
    return tuple(tuple(_natural(printable(part))) for part in parts)


def place_files(
    files: Iterable[FoundFile], target: Ref | None, crumbs: Sequence[Crumb], children: Children, *, untitled: str
) -> tuple[PlannedFile, ...]:
    """Return where each file goes, in natural order.

    ``target`` is what it was dropped on, ``crumbs`` the path from its project down to itself; both empty for the window
    itself. ``untitled`` names the project of files that lie in no folder.

    - On a section (or one of its takes) each file is a new take.
    - On a chapter each file is a section, however deep its folder.
    - On a project each folder that holds audio is a chapter and its files are sections; a loose file is a chapter
      of its own with one section.
    - On the window each dropped folder is a project; loose files make one of the folder in which they lie.
    - An equal title means the row that is there already: its section gets a new take.
    """
    ordered = sorted(files, key=_order)
    known = _Known(children)
    base = Place(**_ids_of(crumbs))
    if target is not None and target.entity in (Entity.SECTION, Entity.TAKE):
        return tuple(_planned(file, base) for file in ordered)
    if target is not None and target.entity is Entity.CHAPTER:
        return tuple(_planned(file, known.section(base, title_from_name(file.name))) for file in ordered)
    if target is not None:
        return _on_project(ordered, base, known)
    planned: list[PlannedFile] = []
    for title, group in _projects(ordered, untitled).items():
        planned += _on_project(group, known.project(title), known)
    return tuple(planned)


def _order(file: FoundFile) -> tuple[object, ...]:
    stem, _, ending = file.name.rpartition(".")
    name = (stem, ending) if stem else (ending, "")
    return (natural_key((*file.below, name[0])), name[1], file.path)


def _planned(file: FoundFile, place: Place) -> PlannedFile:
    return PlannedFile(file.path, printable(file.name), file.size, place)


def _ids_of(crumbs: Sequence[Crumb]) -> dict[str, str]:
    found: dict[str, str] = {}
    for crumb in crumbs:
        if crumb.entity in (Entity.PROJECT, Entity.CHAPTER, Entity.SECTION):
            found[f"{crumb.entity}_id"] = crumb.id
            found[f"{crumb.entity}_title"] = crumb.title
    return found


def _projects(files: Sequence[FoundFile], untitled: str) -> Mapping[str, list[FoundFile]]:
    groups: dict[str, list[FoundFile]] = {}
    first_titles: dict[str, str] = {}
    for file in files:
        name = file.below[0] if file.below else file.folder
        title = title_from_name(name, is_folder=True) if name else untitled
        title = first_titles.setdefault(same_title(title), title)
        inside = FoundFile(file.path, file.name, file.size, file.folder, file.below[1:])
        groups.setdefault(title, []).append(inside)
    return groups


def _on_project(files: Sequence[FoundFile], project: Place, known: _Known) -> tuple[PlannedFile, ...]:
    titles = _chapter_titles({file.below for file in files if file.below})
    planned = []
    for file in files:
        title = title_from_name(file.name)
        chapter = known.chapter(project, titles[file.below] if file.below else title)
        planned.append(_planned(file, known.section(chapter, title)))
    return tuple(planned)


def _chapter_titles(folders: set[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    """Return a title for each folder with audio: its path, without the beginning that all of them share."""
    shared = 0
    if folders:
        low, high = min(folders), max(folders)
        while shared < min(len(low), len(high)) and low[shared] == high[shared]:
            shared += 1
    return {
        folder: _JOINT.join(title_from_name(part, is_folder=True) for part in folder[shared:] or folder[-1:])
        for folder in folders
    }


@dataclass(slots=True)
class _Known:
    """Finds the row that has a title, among those that stand and those that the plan makes."""

    children: Children
    _titles: dict[str | None, dict[str, tuple[str | None, str]]] = field(default_factory=dict)

    def project(self, title: str) -> Place:
        row_id, title = self._find(None, None, title)
        return Place(project_id=row_id, project_title=title)

    def chapter(self, project: Place, title: str) -> Place:
        parent = None if project.project_id is None else Ref(Entity.PROJECT, project.project_id)
        row_id, title = self._find(f"project {project.project_id or project.project_title}", parent, title)
        return Place(project.project_id, project.project_title, row_id, title)

    def section(self, chapter: Place, title: str) -> Place:
        parent = None if chapter.chapter_id is None else Ref(Entity.CHAPTER, chapter.chapter_id)
        where = chapter.chapter_id or f"{chapter.project_id or chapter.project_title}\0{chapter.chapter_title}"
        row_id, title = self._find(f"chapter {where}", parent, title)
        return Place(
            chapter.project_id, chapter.project_title, chapter.chapter_id, chapter.chapter_title, row_id, title
        )

    def _find(self, key: str | None, parent: Ref | None, title: str) -> tuple[str | None, str]:
        if key not in self._titles:
            standing = self.children(parent) if parent is not None or key is None else ()
            known: dict[str, tuple[str | None, str]] = {}
            for row_id, its_title in standing:
                known.setdefault(same_title(its_title), (row_id, its_title))
            self._titles[key] = known
        return self._titles[key].setdefault(same_title(title), (None, title))
