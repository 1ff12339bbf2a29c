"""The rules that turn dropped files and folders into projects, chapters, sections and takes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from natsort import natsort_keygen, ns

from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.audio.findings import UNFINISHED_ENDINGS
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.plan import Place, PlannedFile
from audiodesk.domain.library.read_model import Crumb, Ref
from audiodesk.domain.library.titles import MAX_TITLE, same_title, without_surrogates

__all__ = [
    "AUDIO_ENDINGS",
    "Children",
    "FoundFile",
    "finished_name",
    "name_with_ending",
    "natural_key",
    "numbered_name",
    "place_files",
    "printable",
    "renamed",
    "title_from_name",
]

Children = Callable[[Ref | None], Sequence[tuple[str, str]]]
"""Returns the live children of a row (None: the projects) as (id, title), in order."""

AUDIO_ENDINGS = frozenset(
    f".{name}"
    for name in (
        *("mp3", "wav", "wave", "bwf", "rf64", "w64", "mp2", "mpga", "mpa", "aif", "aiff", "aifc", "caf", "flac"),
        *("m4a", "m4b", "mp4", "aac", "ogg", "oga", "opus", "wma", "amr", "ape", "wv", "mka", "webm", "au", "snd"),
    )
)
"""Endings of audio files of any type: such files in folders are never left out, and titles drop these endings."""
_JOINT = " – "
"""Joins names of folders in one title; a slash would separate steps of a title path."""

_UNDECODED = re.compile("[\ud800-\udfff]")
_natural = natsort_keygen(alg=ns.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One file among the dropped files and folders; ``size`` in bytes."""

    path: str
    name: str
    size: int
    folder: str = ""
    """The name of the folder that holds it; empty at the root of a disk."""
    below: tuple[str, ...] = ()
    """The dropped folder and the folders below it that lead to the file; empty for a file that was dropped itself."""


def printable(text: str) -> str:
    """Return ``text`` as composed Unicode; undecodable bytes of a file name become U+FFFD."""
    return unicodedata.normalize("NFC", without_surrogates(text))


def _distinct(text: str) -> str:
    r"""Return ``text`` as composed Unicode, undecodable bytes as ``\xff``: different names stay different."""
    if text.isascii():
        return text
    shown = _UNDECODED.sub(_escaped, text)
    return unicodedata.normalize("NFC", shown)


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else f"\\u{code:04x}"


def title_from_name(name: str, *, is_folder: bool = False) -> str:
    """Return the title for the name of a file or folder: without ending, underscores as spaces."""
    text = _distinct(name)
    stem, dot, ending = text.rpartition(".")
    if not is_folder and stem and (dot + ending).lower() in AUDIO_ENDINGS:
        text = stem
    spaced = "".join(" " if char == "_" or unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in text)
    return " ".join(spaced.split())[:MAX_TITLE].strip() or _distinct(name).strip("\0 ") or "–"


def finished_name(name: str) -> str | None:
    """Return the later name of an unfinished file, if its name shows that it is one; None for any other file."""
    stem, ending = PurePath(name).stem, PurePath(name).suffix
    return stem if ending.lower() in UNFINISHED_ENDINGS and stem else None


def renamed(planned: PlannedFile, path: str, size: int) -> PlannedFile:
    """Return the place of an unfinished file that is now finished as ``path``: new rows get its true name."""
    name = PurePath(path).name
    before, after = title_from_name(finished_name(planned.name) or planned.name), title_from_name(name)
    place = planned.place
    if place.section_id is None and place.section_title == before:
        chapter = after if place.chapter_id is None and place.chapter_title == before else place.chapter_title
        place = replace(place, chapter_title=chapter, section_title=after)
    return PlannedFile(path, printable(name), size, place)


def name_with_ending(name: str, kind: Kind) -> str:
    """Return the name with the ending of the file's true type: "ferry.mp3" that is WAV becomes "ferry.wav"."""
    stem, ending = PurePath(name).stem, PurePath(name).suffix.lower()
    return f"{stem if ending in AUDIO_ENDINGS else name}.{kind.value}"


def numbered_name(name: str, number: int) -> str:
    """Return the name of a further recording in a file: the second in "ferry.wav" is "ferry (2).wav"."""
    path = PurePath(name)
    stem, ending = (path.stem, path.suffix) if path.suffix.lower() in AUDIO_ENDINGS else (name, "")
    return f"{stem} ({number}){ending}"


def natural_key(parts: Iterable[str]) -> tuple[tuple[object, ...], ...]:
    """Return a key that sorts paths (given as parts) in human order: 2 before 10, folder by folder."""
    return tuple(tuple(_natural(printable(part))) for part in parts)


def place_files(
    files: Iterable[FoundFile], target: Ref | None, crumbs: Sequence[Crumb], children: Children, *, untitled: str
) -> tuple[PlannedFile, ...]:
    """Return the place of each file, in natural order.

    ``target`` is the row that the files were dropped on, ``crumbs`` the path from its project down to it; both are
    empty for the window. ``untitled`` is the project's title for files without a folder.

    - On a section (or one of its takes) each file is a new take.
    - On a chapter each file is a section, however deep its folder.
    - On a project each folder that holds audio is a chapter and its files are sections; a loose file is a chapter
        of its own with one section.
    - On the window each dropped folder is a project; loose files make one project of their folder.
    - An equal title means an existing row: its section gets a new take. But files of different folders never become
        takes of one section in this way: "CD1 – 01" and "CD2 – 01".
    """
    files = list(files)
    clashes = _clash([file for file in files if not file.below], _own_titles(files))
    ordered = sorted(files, key=lambda file: _order(file, by_folder=clashes))
    known = _Known(children)
    base = Place(**_ids_of(crumbs))
    if target is not None and target.entity in (Entity.SECTION, Entity.TAKE):
        return tuple(_planned(file, base) for file in ordered)
    if target is not None and target.entity is Entity.CHAPTER:
        titles = _kept_apart(ordered, _own_titles(ordered))
        return tuple(_planned(file, known.section(base, titles[file.path])) for file in ordered)
    if target is not None:
        return _on_project(ordered, base, known)
    planned: list[PlannedFile] = []
    for title, group in _projects(ordered, untitled).items():
        planned += _on_project(group, known.project(title), known)
    return tuple(planned)


def _order(file: FoundFile, *, by_folder: bool) -> tuple[object, ...]:
    """Return the sort key; with ``by_folder`` files that were dropped themselves are sorted by folder first."""
    stem, _, ending = file.name.rpartition(".")
    name = (stem, ending) if stem else (ending, "")
    above = _folder(file) if by_folder and not file.below else file.below
    return (natural_key((*above, name[0])), name[1], natural_key(_folder(file)), file.path)


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
    loose = [file for file in files if not file.below]
    titles = {**_own_titles(files), **_kept_apart(loose, _own_titles(loose))}
    folders = _chapter_titles({file.below for file in files if file.below})
    chapters = {file.path: known.chapter(project, folders.get(file.below) or titles[file.path]) for file in files}
    groups: dict[str, list[FoundFile]] = {}
    for file in files:
        groups.setdefault(same_title(chapters[file.path].chapter_title), []).append(file)
    for group in groups.values():
        titles.update(_kept_apart(group, titles))
    return tuple(_planned(file, known.section(chapters[file.path], titles[file.path])) for file in files)


def _chapter_titles(folders: set[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    """Return a title for each folder with audio: its path without the common beginning."""
    shared = _shared(folders)
    titles = {
        folder: _JOINT.join(title_from_name(part, is_folder=True) for part in folder[shared:] or folder[-1:])
        for folder in sorted(folders, key=natural_key)
    }
    fitting = _fitting(titles.values())
    return {folder: fitting[title] for folder, title in titles.items()}


def _shared(paths: Collection[tuple[str, ...]]) -> int:
    """Return the number of equal parts at the beginning of all ``paths``."""
    shared = 0
    if paths:
        low, high = min(paths), max(paths)
        while shared < min(len(low), len(high)) and low[shared] == high[shared]:
            shared += 1
    return shared


def _folder(file: FoundFile) -> tuple[str, ...]:
    return PurePath(file.path).parent.parts


def _own_titles(files: Iterable[FoundFile]) -> dict[str, str]:
    return {file.path: title_from_name(finished_name(file.name) or file.name) for file in files}


def _clash(files: Iterable[FoundFile], titles: Mapping[str, str]) -> bool:
    """Tell whether files of different folders have equal titles."""
    folders: dict[str, tuple[str, ...]] = {}
    return any(folders.setdefault(same_title(titles[file.path]), _folder(file)) != _folder(file) for file in files)


def _kept_apart(files: Sequence[FoundFile], titles: Mapping[str, str]) -> dict[str, str]:
    """Return the titles of ``files`` by path; with folder names if files of different folders have equal titles."""
    if not _clash(files, titles):
        return {file.path: titles[file.path] for file in files}
    labels = _labels({_folder(file) for file in files})
    longer = {file.path: f"{labels[_folder(file)]}{titles[file.path]}" for file in files}
    fitting = _fitting(longer.values())
    return {path: fitting[title] for path, title in longer.items()}


def _labels(folders: Collection[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    """Return a unique prefix for the titles of each folder's files: its path below the common beginning."""
    shared = _shared(folders)
    taken: set[str] = set()
    labels: dict[tuple[str, ...], str] = {}
    for folder in sorted(folders, key=natural_key):
        label = first = _JOINT.join(title_from_name(part, is_folder=True) for part in folder[shared:])
        number = 1
        while same_title(label) in taken:
            number += 1
            label = f"{first} ({number})"
        taken.add(same_title(label))
        labels[folder] = label + _JOINT if label else ""
    return labels


def _fitting(titles: Iterable[str]) -> dict[str, str]:
    """Return a short enough form of each title; different titles stay different."""
    taken: dict[str, str] = {}
    fitting: dict[str, str] = {}
    for title in titles:
        short, number = _cut(title), 1
        while taken.setdefault(same_title(short), same_title(title)) != same_title(title):
            number += 1
            short = _cut(title, f" ({number})")
        fitting[title] = short
    return fitting


def _cut(title: str, ending: str = "") -> str:
    """Return ``title`` and ``ending``; the middle of the title is cut if both are too long together."""
    if len(title) + len(ending) <= MAX_TITLE:
        return title + ending
    kept = MAX_TITLE - len(ending) - 1
    head = kept // 2
    return f"{title[:head].rstrip()}…{title[head - kept :].lstrip()}{ending}"


@dataclass(slots=True)
class _Known:
    """Finds the row with a title among the existing rows and those of the plan."""

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
