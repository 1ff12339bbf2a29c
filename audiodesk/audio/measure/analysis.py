"""Decodes a sound file in full, block by block: levels, silence, clipping, offset, dead channels, the waveform."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from audiodesk.audio import ANALYSIS_VERSION
from audiodesk.audio.bytes.source import Source
from audiodesk.audio.decode import DecodeError, Decoder
from audiodesk.audio.examine import Examined
from audiodesk.audio.measure.meters import Meters
from audiodesk.audio.mpeg.mpeg_layout import Walk
from audiodesk.audio.mpeg.xing_frame import true_header_frame
from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.audio.findings import Code, Finding
from audiodesk.domain.audio.report import Analysis

__all__ = ["analyse_part"]

_BLOCK_SAMPLES = 131_072
"""Samples of all channels in one block: 256 KB as int16 stay in a core's cache between the passes over them."""
_LOST = 2304
"""Up to this many samples may be missing without an error: some decoders drop two MP3 frames without a reservoir."""


def _sample_kind(found: Examined) -> tuple[str, float]:
    """Return the type that samples are decoded to, and the value from which a sample is at full scale."""
    bits = found.bit_depth or 0
    if found.kind is Kind.WAV and found.encoding == "PCM":
        if bits <= 16:
            return "int16", float(((1 << (bits - 1)) - 1) << (16 - bits))
        return "float32", ((1 << (min(bits, 24) - 1)) - 1) / (1 << (min(bits, 24) - 1))
    # MP3 encoding moves samples a little: one that was at full scale comes back just below or above it.
    return "float32", 1.0 if found.kind is Kind.WAV else 32767 / 32768


def analyse_part(source: Source, found: Examined) -> Analysis:
    """Decode a file that ``examine`` found sound, and return the analysis.

    Raises ``SourceError`` if the file cannot be read.
    """
    kind, full = _sample_kind(found)
    with Meters(found.sample_rate, found.channels, Decoder.full_scale(kind), full) as meters:
        error_at = _decode(source, found, kind, meters)
        meter = meters.level_meter
        findings = list(meter.findings())
        if error_at is not None:
            findings.insert(0, Finding(Code.DECODE_ERROR, {"seconds": error_at}))
        return Analysis(
            version=ANALYSIS_VERSION,
            levels=meters.levels(),
            findings=tuple(findings),
            overview=meter.overview(),
            peaks=meter.peaks(),
        )


@dataclass(frozen=True, slots=True)
class _Part:
    """Audio of one form, for one decoder. ``frames`` is the number of samples per channel that it should yield."""

    open: Callable[[], Decoder]
    at: float
    frames: int
    sample_rate: int
    channels: int


def _parts(source: Source, found: Examined, kind: str) -> Iterator[_Part]:
    """Yield each part that needs its own decoder: decoders stop where the form changes."""
    walk = found.walk
    if walk is None or len(walk.stretches) == 1:
        yield _Part(lambda: _whole(source, found, kind), 0.0, found.frames, found.sample_rate, found.channels)
        return
    for stretch in walk.stretches:
        header = stretch.header
        yield _Part(
            partial(_stretch, source, walk.part(stretch), kind),
            stretch.at,
            stretch.samples,
            header.sample_rate,
            header.channels,
        )


def _whole(source: Source, found: Examined, kind: str) -> Decoder:
    if found.walk is None:
        return Decoder(source, found.audio_ranges, kind, found.prefix)
    if found.walk.is_plain(source.size):
        return Decoder(source, None, kind)
    return _stretch(source, found.walk, kind)


def _stretch(source: Source, walk: Walk, kind: str) -> Decoder:
    prefix = true_header_frame(source, walk) if walk.header.layer == 3 else b""
    return Decoder(source, walk.runs, kind, prefix)


def _decode(source: Source, found: Examined, kind: str, meters: Meters) -> float | None:
    """Pass all samples to ``meters``; return the second at which decoding first ended too early, or None."""
    slack = _LOST if found.kind is Kind.MP3 else 0
    ended: list[float] = []
    for part in _parts(source, found, kind):
        done, failed = _decode_part(part, meters)
        if failed or done + slack < part.frames:
            ended.append(part.at + done / part.sample_rate)
    meters.wait()
    if meters.level_meter.broken_at is not None:
        ended.append(meters.level_meter.broken_at)
    return min(ended, default=None)


def _decode_part(part: _Part, meters: Meters) -> tuple[int, bool]:
    """Pass one part to ``meters``; return the number of samples per channel, and whether the decoder failed."""
    done = 0
    try:
        with part.open() as decoder:
            if (decoder.channels, decoder.sample_rate) != (part.channels, part.sample_rate):
                return 0, True
            if part.at:
                left_out = max(0, part.frames - decoder.frames)  # missing at the front: decoders start late
                meters.go_on(part.sample_rate, part.channels, part.at + left_out / part.sample_rate)
            seconds = max(1, _BLOCK_SAMPLES // (part.sample_rate * part.channels))
            frames = min(seconds * part.sample_rate, part.frames + 1)  # a header can claim any rate
            block, other = decoder.buffer(frames), decoder.buffer(frames)  # one is filled while the other is measured
            while len(got := decoder.read_into(block)):
                meters.add(got)
                done += len(got)
                block, other = other, block
    except DecodeError:
        return done, True
    return done, False
