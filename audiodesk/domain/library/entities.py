"""The rows of a library as values: what a person sees and what travels between computers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from audiodesk.domain.audio.contents import Kind, Levels, Tags
from audiodesk.domain.audio.findings import Finding
from audiodesk.domain.library.section_status import SectionStatus

__all__ = [
    "Chapter",
    "Cover",
    "Device",
    "FileRole",
    "LevelLimits",
    "LevelTarget",
    "Project",
    "Purpose",
    "Section",
    "Take",
    "TakeFile",
]


class FileRole(StrEnum):
    """Why a take has this file."""

    ORIGINAL = "original"
    """The bytes that the person dropped."""
    REPAIRED = "repaired"
    """What could be rescued from a damaged original."""
    CLOUD_COPY = "cloud_copy"
    """A smaller copy made from the original."""


class LevelTarget(StrEnum):
    """Which limits the levels of a project's takes are compared with."""

    NONE = "none"
    ACX = "acx"
    OWN = "own"
    """Those in ``Project.level_limits``."""


class Purpose(StrEnum):
    """What a take was recorded for."""

    TAKE = "take"
    """The whole section."""
    PICKUP = "pickup"
    """Some sentences that are to be put into another take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """What every row has. Times are milliseconds since 1970-01-01 UTC.

    ``order_key`` is a fractional index, compared bytewise, ties broken by ``id``. ``version`` is what the server last
    gave the row: 0 as long as it has not seen it. ``changed_by`` is the id of the device whose change made that
    version; only the server says it.
    """

    id: str
    order_key: str
    version: int = 0
    created_at: int = 0
    deleted_at: int | None = None
    changed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelLimits:
    """What a publisher asks of a take; None: not asked. Levels in dBFS, lengths in seconds."""

    rms_min_db: float | None = None
    rms_max_db: float | None = None
    peak_max_db: float | None = None
    noise_max_db: float | None = None
    sample_rate: int | None = None
    """In hertz."""
    channels: int | None = None
    bit_rate_min: int | None = None
    """In bit/s."""
    max_seconds: float | None = None
    head_min_seconds: float | None = None
    head_max_seconds: float | None = None
    tail_min_seconds: float | None = None
    tail_max_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Project(_Row):
    """A book."""

    title: str
    author: str = ""
    narrator: str = ""
    language: str = ""
    """A BCP 47 tag, such as ``de`` or ``pt-BR``; empty where nobody said."""
    notes: str = ""
    upload_wanted: bool = True
    level_target: LevelTarget = LevelTarget.NONE
    level_limits: LevelLimits | None = None
    purged_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter(_Row):
    """A part of a project."""

    project_id: str
    title: str
    purged_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section(_Row):
    """A part of a chapter; it holds takes, one of which is the current one."""

    chapter_id: str
    title: str
    current_take_id: str | None = None
    status: SectionStatus = SectionStatus.TO_RECORD
    last_number: int = 0
    """The highest number that was ever given to a take of it."""
    purged_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Take(_Row):
    """One recording of a section. Its audio is in its files."""

    section_id: str
    title: str = ""
    """A name given by a person; empty: shown as "Take 3"."""
    file_name: str
    """The name that the dropped file had, any Unicode, without its folder."""
    notes: str = ""
    replaces_take_id: str | None = None
    device_id: str = ""
    upload_wanted: bool = True
    number: int = 0
    """Given once in its section, from 1; see ``local.rows.take_arrival``."""
    purpose: Purpose = Purpose.TAKE
    purged_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeFile(_Row):
    """One audio file of a take, with the facts that were proven about it."""

    take_id: str
    role: FileRole = FileRole.ORIGINAL
    part: int = 0
    sha256: str
    size: int
    """In bytes."""
    kind: Kind
    seconds: float
    sample_rate: int
    """In hertz."""
    channels: int
    bit_depth: int | None = None
    """WAV only."""
    bit_rate: int | None = None
    """In bit/s; MP3 only, the mean of its frames."""
    cbr: bool | None = None
    """MP3 only: True where every frame has the same bit rate."""
    tags: Tags = field(default_factory=Tags)
    findings: tuple[Finding, ...] = ()
    levels: Levels | None = None
    analysis_version: int = 0
    """0 while the full decode has not been done."""
    object_key: str | None = None
    verified_at: int | None = None
    verified_how: str | None = None
    purge_pending: bool = False
    purged_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover(_Row):
    """A project's picture, at most 256 KB of PNG or JPEG."""

    project_id: str
    mime: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Device(_Row):
    """A computer of the account, so that people see where a take was added."""

    title: str
    platform: str = ""
    """``linux``, ``windows`` or ``macos``."""
