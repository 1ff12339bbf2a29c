"""Pictures for covers: whole ones of each kind, and ones that go wrong."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

from PIL import Image

__all__ = ["bomb", "picture", "png_of"]


def picture(path: Path, size: tuple[int, int] = (300, 400), mode: str = "RGB", **options: Any) -> Path:
    """Write a picture whose left upper quarter is red and whose rest is blue (dark and light where it is grey)."""
    colours: dict[str, tuple[Any, Any]] = {
        "RGB": ((20, 40, 200), (220, 30, 30)),
        "RGBA": ((20, 40, 200, 90), (220, 30, 30, 255)),
        "CMYK": ((230, 215, 55, 0), (35, 225, 225, 0)),
        "L": (200, 40),
        "I;16": (51400, 10280),
    }
    whole, corner = colours[mode]
    image = Image.new(mode, size, whole)
    image.paste(corner, (0, 0, size[0] // 2, size[1] // 2))
    kind = {"jpg": "JPEG", "jpeg": "JPEG"}.get(path.suffix[1:].lower(), path.suffix[1:].upper())
    image.save(path, options.pop("kind", kind), **options)
    return path


def bomb(path: Path, width: int, height: int) -> Path:
    """Write a PNG of a few bytes that claims this many pixels."""
    return png_of(path, width, height, 8, 2, b"")


def png_of(path: Path, width: int, height: int, depth: int, colour: int, rows: bytes) -> Path:
    """Write a PNG from raw rows, each with its filter byte; ``colour`` is 0 grey, 2 RGB, 6 RGBA."""
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    blocks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(_block(kind, data) for kind, data in blocks))
    return path


def _block(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
