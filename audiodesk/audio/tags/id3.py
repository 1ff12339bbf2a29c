"""Makes a small, harmless copy of an ID3v2 tag with only the wanted frames, for mutagen to read.

mutagen copies the rest of the tag for each frame, and inflates compressed frames without a limit. A hostile tag of some
megabytes would cost minutes or gigabytes, so the frames are picked out here first.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

__all__ = ["PickedTag", "pick_frames"]

_MOST_FRAMES = 1000
_MOST_PICKED = 40
_MOST_TEXT = 64 * 1024
_PICTURE_HEAD = 2048
_PICTURES = (b"APIC", b"PIC")
_NAME_BYTES = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_NAMES_OF_2_2 = {
    b"TT2": b"TIT2",
    b"TP1": b"TPE1",
    b"TP2": b"TPE2",
    b"TAL": b"TALB",
    b"TRK": b"TRCK",
    b"TYE": b"TYER",
    b"TCO": b"TCON",
    b"COM": b"COMM",
    b"TSS": b"TSSE",
    b"TEN": b"TENC",
    b"PIC": b"APIC",
}
"""Frames of version 2.2; some programs write them into later tags, closed by a zero byte or a space."""
_IMAGES_OF_2_2 = {b"JPG": b"image/jpeg", b"PNG": b"image/png", b"BMP": b"image/bmp", b"GIF": b"image/gif"}


@dataclass
class PickedTag:
    """The small tag, and the number of bytes of pictures that were left out."""

    data: bytes
    picture_cut: int = 0


def _synchsafe(four: bytes) -> int | None:
    if max(four) > 0x7F:
        return None
    return four[0] << 21 | four[1] << 14 | four[2] << 7 | four[3]


def _to_synchsafe(size: int) -> bytes:
    return bytes((size >> 21 & 0x7F, size >> 14 & 0x7F, size >> 7 & 0x7F, size & 0x7F))


def _skip_extended(data: bytes, version: int) -> int:
    size = _synchsafe(data[:4]) if version == 4 and len(data) >= 4 else int.from_bytes(data[:4], "big")
    if size is None or all(byte in _NAME_BYTES for byte in data[:4]):
        return 0  # some programs set the flag without writing the header
    return size if version == 4 else size + 4


def _body_size(data: bytes, at: int, version: int) -> int:
    if version == 2:
        return int.from_bytes(data[at + 3 : at + 6], "big")
    plain = int.from_bytes(data[at + 4 : at + 8], "big")
    if version == 3:
        return plain
    size = _synchsafe(data[at + 4 : at + 8])
    if size is None:
        return plain
    # iTunes wrote plain sizes into v2.4: use a plain size if only that leads to another frame.
    if size != plain and not _leads_on(data, at + 10 + size) and _leads_on(data, at + 10 + plain):
        return plain
    return size


def _leads_on(data: bytes, at: int) -> bool:
    name = data[at : at + 4]
    return at == len(data) or (len(name) == 4 and (not any(name) or _is_name(name)))


def _is_name(name: bytes) -> bool:
    return all(byte in _NAME_BYTES for byte in name) or _is_old(name)


def _is_old(name: bytes) -> bool:
    """Return whether ``name`` is a name of version 2.2 in a tag of a later version."""
    return name[3:] in (b"\0", b" ") and name[:3] in _NAMES_OF_2_2


def _old_size(data: bytes, at: int, version: int) -> tuple[int, int]:
    """Return the sizes of header and body of a frame with an old name; its header may be an old one too."""
    size = _body_size(data, at, version)
    if not _leads_on(data, at + 10 + size):
        short = _body_size(data, at, 2)
        if _leads_on(data, at + 6 + short):
            return 6, short
    return 10, size


def _picture_of_2_2(body: bytes) -> bytes:
    """Return the beginning of a picture in the later form: its type as words instead of three letters."""
    mime = _IMAGES_OF_2_2.get(body[1:4].upper())
    return body if mime is None else body[:1] + mime + b"\0" + body[4:]


def _is_packed(flags: int, version: int) -> bool:
    return bool(flags & (0xC0 if version == 3 else 0x0C))


def _frame(name: bytes, body: bytes, flags: bytes, version: int) -> bytes:
    if version == 2:
        return name + len(body).to_bytes(3, "big") + body
    size = _to_synchsafe(len(body)) if version == 4 else len(body).to_bytes(4, "big")
    return name + size + flags + body


def pick_frames(tag: bytes, wanted: Collection[str]) -> PickedTag | None:
    """Return a tag with only the frames in ``wanted``: texts up to 64 KB, and the beginning of a picture.

    ``tag`` is a whole ID3v2 tag with its ten bytes of header. None where its version is not 2.2, 2.3 or 2.4.
    """
    version, flags = tag[3], tag[5]
    if version not in (2, 3, 4):
        return None
    data = tag[10:]
    if flags & 0x80 and version < 4:
        data = data.replace(b"\xff\x00", b"\xff")
    at = _skip_extended(data, version) if flags & 0x40 and version > 2 else 0
    letters = 3 if version == 2 else 4
    picked: list[bytes] = []
    result = PickedTag(b"")
    for _ in range(_MOST_FRAMES):
        name = data[at : at + letters]
        if len(data) < at + letters + 3 or not _is_name(name) or len(picked) >= _MOST_PICKED:
            break
        head, size = 6 if version == 2 else 10, _body_size(data, at, version)
        is_old = version > 2 and _is_old(name)
        if is_old:
            head, size = _old_size(data, at, version)
            name = _NAMES_OF_2_2[name[:3]]
        frame_flags = data[at + 8 : at + 10].ljust(2, b"\0") if head == 10 else b"" if version == 2 else b"\0\0"
        body = data[at + head : at + head + min(size, _MOST_TEXT)]
        at += head + size
        if name.decode("ascii") not in wanted or (frame_flags and _is_packed(frame_flags[1], version)):
            continue
        if name in _PICTURES:
            body = body[:_PICTURE_HEAD]
            result.picture_cut += min(size, max(0, len(data) - at + size)) - len(body)
            body = _picture_of_2_2(body) if is_old else body
        elif size > _MOST_TEXT:
            continue
        picked.append(_frame(name, body, frame_flags, version))
    frames = b"".join(picked)
    unsynchronised = flags & 0x80 if version == 4 else 0
    result.data = b"ID3" + bytes((version, 0, unsynchronised)) + _to_synchsafe(len(frames)) + frames
    return result
