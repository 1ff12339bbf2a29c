"""Reads the chunks of a WAV file (RIFF, RF64 or BW64) one by one, also where a program wrote them badly.

Source: Microsoft's "Multimedia Programming Interface and Data Specifications 1.0"; EBU Tech 3285 for bext and EBU
Tech 3306 for RF64.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from audiodesk.audio.bytes.source import Source
from audiodesk.audio.bytes.tag_extents import TagExtent
from audiodesk.audio.wave.wave_format import WaveFormat, read_format

__all__ = ["KNOWN_CHUNKS", "Chunk", "Wave", "chunks_to", "is_wave", "read_wave"]

_MAGICS = (b"RIFF", b"RF64", b"BW64")
KNOWN_CHUNKS = frozenset(
    b"fmt |data|ds64|fact|LIST|list|wavl|slnt|cue |plst|labl|note|ltxt|adtl|smpl|inst|acid|bext|iXML|axml|aXML|chna"
    b"|umid|id3 |ID3 |cart|JUNK|junk|Junk|PAD |pad |FLLR|Fake|CSET|DISP|IDIT|PEAK|peak|levl|LGWV|minf|elm1|elmo|regn"
    b"|ovwf|DGDA|_PMX|SMED|SAUR|AFAn|afsp|ResU|r64m|MEXT|mext|strc|link|LYRX|qlty|dbmd|hint|uuid|mrk |clm ".split(b"|")
)
"""Names that always mean a chunk. Another name is a chunk only if its size leads to the next chunk."""
_ROOM = frozenset((b"JUNK", b"junk", b"Junk", b"PAD ", b"pad ", b"FLLR", b"Fake"))
_MOST_CHUNKS = 2000
"""Chunks that are kept. Empty chunks, and those that only take up room, are not kept."""
_MOST_STEPS = 100_000
_LOOK_AHEAD = 20
_SEARCHED = 4 * 1024 * 1024
"""Bytes in which the next chunk is searched after a wrong size, or after zeros between two chunks."""
_PIECE = 64 * 1024
_NO_SIZE_32 = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk: its four letters, where its body begins, and its stated size in bytes."""

    name: bytes
    start: int
    size: int


@dataclass
class Wave:
    """The chunks of a WAV file. Offsets and sizes are bytes; ``None`` where the chunk is missing."""

    base: int
    """Where "RIFF" begins: 0, or after a tag."""
    outer_end: int | None = None
    """Where the file ends by the size after "RIFF"; None where that size is of no use."""
    chunks: list[Chunk] = field(default_factory=list)
    form: WaveFormat | None = None
    data_start: int | None = None
    stated: int = 0
    """Bytes of audio that the header states; 0 where the writer did not know."""
    more_data: list[Chunk] = field(default_factory=list)
    """Further data chunks, which no player plays."""
    room_behind: list[Chunk] = field(default_factory=list)
    """Chunks after the audio that claim to hold nothing (JUNK and the like), cut off at the file's end."""
    end: int = 0
    """End of the last chunk or of the stated audio."""
    overrun: int = 0
    """Bytes by which a chunk after the audio states more than the file has."""
    is_derailed: bool = False
    """A size before the audio was wrong, and the audio was found by its name."""
    is_odd: bool = False
    """The chunks before the audio are laid out in a way that players do not follow."""
    tags: list[TagExtent] = field(default_factory=list)
    """Tags outside the chunks."""

    def body_of(self, name: bytes) -> Chunk | None:
        """Return the first chunk of that name."""
        return next((chunk for chunk in self.chunks if chunk.name == name), None)


def is_wave(head: bytes) -> bool:
    """Return whether these twelve bytes begin a WAV file."""
    return head[:4] in _MAGICS and head[8:12] == b"WAVE"


def _is_name(name: bytes) -> bool:
    return len(name) == 4 and all(32 <= byte < 127 for byte in name)


class _Heads:
    """Reads the eight bytes at any place; it reads larger pieces, because thousands of small chunks may follow."""

    def __init__(self, source: Source) -> None:
        self.size = source.size
        self._source = source
        self._start = 0
        self._piece = b""

    def at(self, position: int) -> bytes:
        offset = position - self._start
        if not 0 <= offset <= len(self._piece) - 8:
            self._start, offset = position, 0
            self._piece = self._source.read(position, _PIECE)
        return self._piece[offset : offset + 8]

    def behind_same(self, position: int) -> int:
        """Return the end of a run of empty chunks like the one before ``position``."""
        same = self.at(position - 8) * (_PIECE // 8)
        while self._source.read(position, _PIECE) == same:
            position += _PIECE
        return position

    def begins(self, position: int) -> int:
        """Return how surely a chunk begins here: 0 not, 1 has a name, 2 also fits, 3 known name or the end, 4 both."""
        if position >= self.size:
            return 3 if position == self.size else 0
        head = self.at(position)
        if len(head) < 8 or not _is_name(head[:4]):
            return 0
        fits = position + 8 + int.from_bytes(head[4:], "little") <= self.size
        return (3 if head[:4] in KNOWN_CHUNKS or head[:4] in _MAGICS else 1) + fits


def _next_start(heads: _Heads, end: int, size: int) -> int:
    """Return where the next chunk begins: most programs, but not all, pad chunks to even sizes."""
    if size % 2 == 0:
        return end
    return end if heads.begins(end) > heads.begins(end + 1) else end + 1


def chunks_to(source: Source, position: int, end: int) -> list[Chunk]:
    """Return the known chunks that lead without a gap from ``position`` exactly to ``end``; empty if none do."""
    heads = _Heads(source)
    found: list[Chunk] = []
    for _ in range(100):
        head = heads.at(position)
        if head[:4] not in KNOWN_CHUNKS or len(head) < 8:
            return []
        size = int.from_bytes(head[4:], "little")
        found.append(Chunk(head[:4], position + 8, size))
        position += 8 + size
        if position in (end, end - 1):
            return found
        if position > end:
            return []
        position = _next_start(heads, position, size)
    return []


class _Walk:
    """Reads chunk after chunk into a Wave."""

    def __init__(self, source: Source, wave: Wave) -> None:
        self._source = source
        self._wave = wave
        self._heads = _Heads(source)
        self._long_sizes: dict[bytes, int] = {}
        self._last_body = wave.base + 12

    def read_chunks(self) -> None:
        wave, position = self._wave, self._wave.base + 12
        self._read_outer()
        for _ in range(_MOST_STEPS):
            wave.end = min(position, self._source.size)
            found = self._chunk_at(position)
            if found is None:
                behind = self._search(position) if wave.data_start is None else self._behind_zeros(position)
                if behind is None:
                    return
                position = behind
                continue
            if found.name in _MAGICS or not self._take(found):
                return
            end = found.start + found.size
            position = _next_start(self._heads, end, found.size) if found.size else self._heads.behind_same(end)
            if found.size % 2 and position == end and wave.data_start is None:
                wave.is_odd = True

    def _read_outer(self) -> None:
        head = self._heads.at(self._wave.base)
        size = int.from_bytes(head[4:8], "little")
        first = self._source.read(self._wave.base + 12, 36)
        if first[:4] == b"ds64" and len(first) == 36:
            outer, data = struct.unpack_from("<QQ", first, 8)
            self._long_sizes = {b"RIFF": outer, b"data": data}
            self._read_table(int.from_bytes(first[32:36], "little"))
        if size == _NO_SIZE_32:
            size = self._long_sizes.get(b"RIFF", 0)
        self._wave.outer_end = self._wave.base + 8 + size if 0 < size < 1 << 62 else None

    def _read_table(self, count: int) -> None:
        body = self._source.read(self._wave.base + 12 + 36, min(count, 100) * 12)
        for at in range(0, len(body) - 11, 12):
            name, size = struct.unpack_from("<4sQ", body, at)
            self._long_sizes.setdefault(name, size)

    def _chunk_at(self, position: int) -> Chunk | None:
        """Return the chunk that begins here. Bytes without a valid name count if their size leads to another chunk."""
        head = self._heads.at(position)
        if len(head) < 8:
            return None
        name, size = head[:4], int.from_bytes(head[4:], "little")
        if name in self._long_sizes and (size == _NO_SIZE_32 or (size == 0 and name == b"data")):
            size = self._long_sizes[name]
        chunk = Chunk(name, position + 8, size)
        wave, end = self._wave, position + 8 + size
        fits = end <= self._source.size
        # After the stated size of the whole no chunk counts, except a complete one that a program forgot to count.
        is_outside = wave.data_start is not None and wave.outer_end is not None and position >= wave.outer_end
        if name in KNOWN_CHUNKS or name in _MAGICS:
            if not fits and name != b"data":
                # Before the audio, a size that leads out of the file is wrong if the audio can be found.
                is_wrong = wave.data_start is None and self._search(position + 8, look_only=True) is not None
                return None if is_wrong or is_outside else chunk
            return chunk
        if not fits or (size == 0 and name == bytes(4)) or (is_outside and not _is_name(name)):
            return None
        following = _next_start(self._heads, end, size)
        return chunk if self._leads_on(following, _LOOK_AHEAD if wave.data_start is None else 1) else None

    def _leads_on(self, position: int, steps: int) -> bool:
        """Return whether a known chunk or the end comes within ``steps`` chunks."""
        for _ in range(steps):
            if position in (self._wave.outer_end, self._source.size) or self._heads.begins(position) >= 3:
                return True
            size = int.from_bytes(self._heads.at(position)[4:], "little")
            if position + 8 + size > self._source.size:
                return False
            position = _next_start(self._heads, position + 8 + size, size)
        return steps > 1 and self._heads.begins(position) > 0

    def _search(self, position: int, *, look_only: bool = False) -> int | None:
        """Return where the audio's chunks continue after zeros, or after a wrong size."""
        if not look_only:
            behind = self._behind_zeros(position)
            if behind is not None:
                self._wave.is_odd |= (behind - position) % 8 != 0  # a player reads every eight zeros as an empty chunk
                return behind
        start = position if look_only else self._last_body
        piece = self._source.read(start, _SEARCHED)
        places = [piece.find(name) for name in (b"fmt ", b"data")] if self._wave.form is None else [piece.find(b"data")]
        found = [start + at for at in places if at >= 0 and (start + at != self._last_body or not look_only)]
        found = [at for at in found if at + 8 <= self._source.size and self._is_new(at)]
        if not found:
            return None
        if not look_only:
            self._wave.is_derailed = True
            self._last_body = min(found) + 8
        return min(found)

    def _is_new(self, position: int) -> bool:
        return all(chunk.start != position + 8 for chunk in self._wave.chunks)

    def _behind_zeros(self, position: int) -> int | None:
        piece = self._source.read(position, _SEARCHED)
        skipped = len(piece) - len(piece.lstrip(b"\0"))
        known = piece[skipped : skipped + 4] in KNOWN_CHUNKS
        return position + skipped if skipped and known else None

    def _take(self, chunk: Chunk) -> bool:
        """Keep a chunk; return whether more chunks may follow."""
        wave, size = self._wave, self._source.size
        self._last_body = chunk.start
        if chunk.size and chunk.name not in _ROOM and len(wave.chunks) < _MOST_CHUNKS:
            wave.chunks.append(chunk)
        if chunk.name in _ROOM and wave.data_start is not None and len(wave.room_behind) < _MOST_CHUNKS:
            wave.room_behind.append(Chunk(chunk.name, chunk.start, min(chunk.size, size - chunk.start)))
        if chunk.name == b"fmt " and (wave.form is None or wave.form.damage):
            wave.form = read_format(self._source.read(chunk.start, min(chunk.size, 64))) or wave.form
        if chunk.name == b"data":
            return self._take_data(chunk)
        if chunk.start + chunk.size > size:
            wave.overrun = chunk.start + chunk.size - size
            wave.end = size
            return False
        return True

    def _take_data(self, chunk: Chunk) -> bool:
        wave, size = self._wave, self._source.size
        if wave.data_start is not None:
            if chunk.size:
                wave.more_data.append(Chunk(chunk.name, chunk.start, min(chunk.size, size - chunk.start)))
            return chunk.start + chunk.size <= size
        if chunk.size == 0 and self._heads.begins(chunk.start) >= 3 and chunk.start < size:
            return True  # an empty chunk that others follow
        wave.data_start, wave.stated = chunk.start, chunk.size
        wave.end = min(chunk.start + chunk.size, size)
        wave.is_odd |= wave.form is None  # players need the format first
        return chunk.size > 0 and chunk.start + chunk.size <= size


def read_wave(source: Source, base: int = 0) -> Wave:
    """Read the chunks of the file whose "RIFF" stands at ``base``.

    Raises ``SourceError`` if the file cannot be read.
    """
    wave = Wave(base)
    _Walk(source, wave).read_chunks()
    return wave
