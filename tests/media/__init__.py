"""Makes audio files, sound and damaged, for every test that needs one.

    media.wav(path, seconds=2.0, rate=44100, channels=1, bits=16, tone=440)   a sine, byte by byte
    media.mp3(path, seconds=2.0, bit_rate=192, rate=44100, channels=1)        a sine, encoded (cached: fast again)
    media.mpeg(path, frames=100, version="1", ...)                            silent frames by hand, any tags

Each writes the file, makes missing folders and returns the path. ``wav_bytes``, ``mp3_bytes`` and ``mpeg_bytes`` return
the bytes instead. Samples may be given: ``samples=[...]`` of floats from -1 to 1, interleaved.
"""

from __future__ import annotations

from tests.media.containers import ac3, matroska, mp4, mpeg_stream
from tests.media.mp3 import mp3, mp3_bytes
from tests.media.mpeg import id3v1, id3v2, mpeg, mpeg_bytes, vbri, xing
from tests.media.tags import ape, lyrics3
from tests.media.wav import chunk, noise, rf64_bytes, sine, wav, wav_bytes

__all__ = [
    "ac3",
    "ape",
    "chunk",
    "id3v1",
    "id3v2",
    "lyrics3",
    "matroska",
    "mp3",
    "mp3_bytes",
    "mp4",
    "mpeg",
    "mpeg_bytes",
    "mpeg_stream",
    "noise",
    "rf64_bytes",
    "sine",
    "vbri",
    "wav",
    "wav_bytes",
    "xing",
]
