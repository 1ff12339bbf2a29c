"""Examines the structure of an MP3 or WAV file without decoding it: facts and findings."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, fields

from audiodesk.audio.bytes.source import Source
from audiodesk.audio.bytes.tag_extents import Tagged
from audiodesk.audio.mpeg import mpeg
from audiodesk.audio.mpeg.mpeg import Walk
from audiodesk.audio.mpeg.mpeg_header import FrameHeader
from audiodesk.audio.sniff import Sniffed, What, sniff
from audiodesk.audio.tags.tags import tags_of_mp3, tags_of_wave
from audiodesk.audio.wave import riff
from audiodesk.audio.wave.riff import Wave
from audiodesk.audio.wave.wave_verdict import judge_wave
from audiodesk.domain.audio.contents import Kind, Tags
from audiodesk.domain.audio.findings import Code, Finding
from audiodesk.domain.audio.report import MoreAudio, Rescue

__all__ = ["Examined", "examine"]

_UNKNOWN_COUNT = 0x7FFF_FFFF
_SLACK_FRAMES = 2
"""Frames by which encoders' counts may differ: some count the header frame or a cut last frame, some do not."""
_MOST_CHANGES = 10


@dataclass
class Examined:
    """The result of an examination. The fields are named as in ``CheckReport``."""

    kind: Kind | None = None
    frames: int = 0
    sample_rate: int = 0
    channels: int = 0
    bit_depth: int | None = None
    bit_rate: int | None = None
    cbr: bool | None = None
    encoding: str = ""
    tags: Tags = field(default_factory=Tags)
    findings: list[Finding] = field(default_factory=list)
    rescue: Rescue | None = None
    seek_table: bytes = b""
    prefix: bytes = b""
    """WAV only: a plain header for the decoder, because libsndfile fails on some chunks of real files."""
    audio_ranges: Sequence[tuple[int, int]] = ()
    """Start and end of each stretch of audio that the decoder reads."""
    more: tuple[MoreAudio, ...] = ()
    wave: Wave | None = None
    walk: Walk | None = None

    @property
    def seconds(self) -> float:
        """Length of the audio that is in the file."""
        return self.frames / self.sample_rate if self.sample_rate else 0.0

    def say(self, code: Code, **params: str | float) -> None:
        """Add a finding."""
        self.findings.append(Finding(code, params))


def examine(source: Source) -> Examined:
    """Return the structure of the file.

    Raises ``SourceError`` if the file cannot be read.
    """
    sniffed = sniff(source)
    found = Examined()
    if sniffed.what is What.OTHER:
        if sniffed.name == "only-tags":
            found.kind = Kind.MP3
            found.say(Code.NO_AUDIO)
        else:
            found.say(Code.NOT_MP3_OR_WAV, what=sniffed.name)
    elif sniffed.what is What.UNSUPPORTED:
        found.encoding = sniffed.name
        found.say(Code.UNSUPPORTED_ENCODING, encoding=sniffed.name)
    elif sniffed.what is What.WAV:
        _examine_wave(source, sniffed, found)
    else:
        _examine_mp3(source, sniffed, found)
    return found


# --- WAV ---


def _examine_wave(source: Source, sniffed: Sniffed, found: Examined) -> None:
    wave = riff.read_wave(source, sniffed.start)
    if sniffed.tagged is not None:
        wave.tags += [tag for tag in sniffed.tagged.tags if tag.start < sniffed.start]
        wave.is_odd |= sniffed.start > sniffed.tagged.start  # players look for "RIFF" only at the beginning
    facts = judge_wave(source, wave)
    found.kind, found.wave = Kind.WAV, wave
    for fact in fields(facts):
        setattr(found, fact.name, getattr(facts, fact.name))
    found.tags = tags_of_wave(source, wave)


# --- MP3 ---


def _examine_mp3(source: Source, sniffed: Sniffed, found: Examined) -> None:
    tagged = sniffed.tagged or Tagged(0, source.size)
    walk = mpeg.walk(source, sniffed.start, tagged.end)
    header = walk.header
    found.kind, found.walk = Kind.MP3, walk
    found.encoding, found.sample_rate, found.channels = header.name, header.sample_rate, header.channels
    found.tags = tags_of_mp3(source, tagged.tags, walk.header_frame.encoder if walk.header_frame else "")
    if walk.frames == 0:
        found.say(Code.NO_AUDIO)
        return
    found.frames = walk.samples
    found.audio_ranges = walk.runs
    rates = walk.bit_rates
    found.cbr = len(rates) == 1
    found.bit_rate = min(rates) if found.cbr else round(walk.audio_bytes * 8 / walk.seconds_of(walk.frames))
    found.seek_table = mpeg.seek_table(walk.marks)
    _judge_length(walk, found)
    _judge_forms(walk, found)
    _judge_leftovers(source, walk, tagged, found)


def _judge_length(walk: Walk, found: Examined) -> None:
    claimed = _claimed_frames(walk)
    if claimed is None:
        found.say(Code.LENGTH_UNPROVEN)
    elif walk.frames - claimed > _SLACK_FRAMES:
        found.say(Code.HEADER_SHORT, at=round(_claimed_end(walk, claimed), 3))
    elif _is_truncated(walk, claimed):
        seconds = walk.seconds_of(claimed)
        if walk.claimed_samples is not None:
            seconds = walk.claimed_samples / walk.header.sample_rate
        found.say(Code.TRUNCATED, seconds=found.seconds, claimed_seconds=seconds)
        found.rescue = Rescue(offset=walk.audio_start, size=walk.end - walk.audio_start, seconds=found.seconds)


def _claimed_end(walk: Walk, claimed: int) -> float:
    """Return the second at which a player stops that believes the header frame."""
    if walk.claimed_samples is not None:
        return walk.claimed_samples / walk.header.sample_rate
    return walk.seconds_of(claimed)


def _judge_forms(walk: Walk, found: Examined) -> None:
    """Add a finding for each change of sample rate, channels or layer; after ten, only their number."""
    changes = list(itertools.pairwise(walk.stretches))
    for index, (before, after) in enumerate(changes[:_MOST_CHANGES]):
        more = len(changes) - _MOST_CHANGES if index == _MOST_CHANGES - 1 else 0
        found.say(
            Code.FORMAT_CHANGES,
            at=round(after.at, 3),
            **{"from": _form(before.header), "to": _form(after.header)},
            **({"more": more} if more > 0 else {}),
        )


def _form(header: FrameHeader) -> str:
    """Return "44100/1" (rate and channels), or "44100/1/2" where the layer is not III."""
    return f"{header.sample_rate}/{header.channels}" + (f"/{header.layer}" if header.layer != 3 else "")


def _claimed_frames(walk: Walk) -> int | None:
    """Return the number of audio frames that the header frame claims, by its count or else by its size."""
    claim = walk.header_frame
    if claim is None:
        return None
    if claim.frames is not None and claim.frames < _UNKNOWN_COUNT:
        return claim.frames
    if claim.size is not None and claim.size < _UNKNOWN_COUNT:
        return round(max(0, claim.size - walk.header.length) * walk.frames / walk.audio_bytes)
    return None


def _is_truncated(walk: Walk, claimed: int) -> bool:
    """Return whether the frames end before their claim. Damaged frames in the middle do not count as missing.

    Bytes behind the last frame do not matter: an interrupted copy may be filled up with zeros.
    """
    missing = claimed - walk.frames
    if missing <= _SLACK_FRAMES:
        return False
    mean = walk.audio_bytes / walk.frames
    claim = walk.header_frame
    if claim is not None and claim.size is not None and claim.size < _UNKNOWN_COUNT:
        return walk.start + claim.size - walk.end - walk.cut > _SLACK_FRAMES * mean
    return (missing - _SLACK_FRAMES) * mean > walk.inside


def _judge_leftovers(source: Source, walk: Walk, tagged: Tagged, found: Examined) -> None:
    truncated = found.rescue is not None
    before = walk.start - tagged.start
    if tagged.overrun:
        found.say(Code.TAG_OVERRUN, bytes=tagged.overrun)
    elif before and any(source.read(tagged.start, before)):
        found.say(Code.JUNK, bytes=before, where="before")
    if walk.inside:
        found.say(Code.JUNK, bytes=walk.inside, where="inside")
    if walk.after:
        found.say(Code.JUNK, bytes=walk.after, where="after")
    if walk.cut and not truncated:
        found.say(Code.LAST_FRAME_CUT, bytes=walk.cut)
