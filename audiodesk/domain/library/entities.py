"""The rows of a library as values: the data that a person sees and that travels between computers."""

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
    """The role of a file in its take."""

    ORIGINAL = "original"
    """The bytes that the person dropped."""
    REPAIRED = "repaired"
    """The rescued part of a damaged original."""
    CLOUD_COPY = "cloud_copy"
    """A smaller copy made from the original."""


class LevelTarget(StrEnum):
    """The limits that the levels of a project's takes are compared with."""

    NONE = "none"
    ACX = "acx"
    OWN = "own"
    """The limits in ``Project.level_limits``."""


class Purpose(StrEnum):
    """The purpose of a recording."""

    TAKE = "take"
    """The whole section."""
    PICKUP = "pickup"
    """Some sentences that will be inserted into another take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """The fields of every row. Times are milliseconds since 1970-01-01 UTC.

    ``order_key`` is a fractional index: compare bytewise, then by ``id``. ``version`` is the row's last version from
    the server, 0 until the server has the row. ``changed_by`` is the id of the device that made that version; only the
    server sets it.
    """

    id: str
    order_key: str
    version: int = 0
    created_at: int = 0
    deleted_at: int | None = None
    changed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelLimits:
    """A publisher's limits for a take; None: no limit. Levels in dBFS, lengths in seconds."""

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
    """A BCP 47 tag, such as ``de`` or ``pt-BR``; empty if unknown."""
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
    """A part of a chapter. It holds takes; one of them is the current take."""

    chapter_id: str
    title: str
    current_take_id: str | None = None
    status: SectionStatus = SectionStatus.TO_RECORD
    last_number: int = 0
    """The highest number that any of its takes ever had."""
    purged_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Take(_Row):
    """One recording of a section. Its files hold the audio."""

    section_id: str
    title: str = ""
    """A name given by a person; if empty, "Take 3" is shown."""
    file_name: str
    """The name of the dropped file without its folder; any Unicode."""
    notes: str = ""
    replaces_take_id: str | None = None
    device_id: str = ""
    upload_wanted: bool = True
    number: int = 0
    """Given once in its section, from 1; see ``local.rows.library.take_arrival``."""
    purpose: Purpose = Purpose.TAKE
    purged_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeFile(_Row):
    """One audio file of a take, with its proven facts."""

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
    """In bit/s, the mean of all frames; MP3 only."""
    cbr: bool | None = None
    """MP3 only: True if every frame has the same bit rate."""
    tags: Tags = field(default_factory=Tags)
    findings: tuple[Finding, ...] = ()
    levels: Levels | None = None
    analysis_version: int = 0
    """0 until the full decode is done."""
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
    """A computer of the account; it shows people where a take was added."""

    title: str
    platform: str = ""
    """``linux``, ``windows`` or ``macos``."""
