"""The full check of a 20-minute file, with a warm decoders' process, against decoding it once block by block.

The base is soundfile at its default: blocks of 65 536 frames as float64, in this process. It only decodes, and decoding
WAV is little more than reading it. The full check also measures loudness and true peak, with about twenty
multiplications for each sample. So the limits are for a machine without a spare core for the measuring thread: 20
minutes of WAV take about a second and a half of one core, in the background.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from audiodesk.services.audio.checker import Checker
from tests import media
from tests.benchmarks import Row

__all__ = ["run"]

_MINUTES = 20
_REPETITIONS = 5
_BLOCK = 65_536


def _voice(folder: Path) -> tuple[Path, Path]:
    """Write 20 minutes that are as loud and quiet as speech, as WAV and as MP3."""
    import numpy as np

    rate, seconds = 44100, 10
    chance = np.random.default_rng(1)
    times = np.arange(rate * seconds) / rate
    loudness = np.clip(np.sin(2 * np.pi * 0.7 * times) + 0.3, 0, None)
    voice = loudness * (0.2 * np.sin(2 * np.pi * 140 * times) + 0.05 * chance.standard_normal(len(times)))
    samples = np.clip(voice + 0.0005 * chance.standard_normal(len(times)), -0.99, 0.99)
    whole = (samples * 32767).astype("<i2").tobytes()
    wav = folder / "voice.wav"
    empty = media.wav_bytes(seconds=0, data_size=len(whole) * 6 * _MINUTES, riff_size=36 + len(whole) * 6 * _MINUTES)
    wav.write_bytes(empty + whole * (6 * _MINUTES))
    # Ten seconds are encoded once and their frames repeated, so that 20 minutes need no minute of encoding.
    encoded = media.mp3_bytes(samples=tuple(samples.tolist()), bit_rate=192)
    from audiodesk.audio.mpeg.mpeg_header import parse_header

    header = parse_header(encoded)
    if header is None:
        raise AssertionError
    frames = encoded[header.length :]
    count = round(len(frames) * header.sample_rate / (header.bit_rate / 8 * header.samples)) * 6 * _MINUTES
    audio = frames * (6 * _MINUTES)
    mp3 = folder / "voice.mp3"
    mp3.write_bytes(media.xing(count, None, bit_rate=192, channels=1) + audio)
    return wav, mp3


def _decode(path: Path) -> int:
    import soundfile

    done = 0
    with soundfile.SoundFile(str(path)) as file:
        for block in file.blocks(_BLOCK):
            done += len(block)
    return done


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _row(checker: Checker, path: Path, limit: float) -> Row:
    report = checker.check(path, full=True)
    if report.analysis is None or abs(report.seconds - 60 * _MINUTES) > 10 or _decode(path) < report.frames - 5000:
        raise AssertionError(report)
    ours, base = [], []
    for _ in range(_REPETITIONS):
        base.append(_timed(lambda: _decode(path)))
        ours.append(_timed(lambda: checker.check(path, full=True)))
    our_seconds, base_seconds = statistics.median(ours), statistics.median(base)
    name = f"full check of {_MINUTES} min {path.suffix[1:].upper()} / decoding it once"
    return Row(name, our_seconds / base_seconds, limit, our_seconds, base_seconds)


def run() -> list[Row]:
    """Measure both kinds; ours and the base take turns."""
    with tempfile.TemporaryDirectory() as folder, Checker(workers=1) as checker:
        wav, mp3 = _voice(Path(folder))
        return [_row(checker, wav, 10.0), _row(checker, mp3, 3.0)]
