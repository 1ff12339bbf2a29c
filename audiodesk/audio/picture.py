"""Makes a cover of a person's picture; runs in the decoders' process, because Pillow decodes with native code."""

from __future__ import annotations

import contextlib
import io
import os
import warnings
from typing import IO

from PIL import Image, ImageCms, UnidentifiedImageError

from audiodesk.domain.errors import UserError
from audiodesk.domain.library.cover import COVER_BYTES, COVER_FILE_BYTES, COVER_PIXELS, COVER_SIDES, CoverPicture
from audiodesk.system.plain_files import NotReadableError, open_plain_file

__all__ = ["cover_of"]

_FORMATS = ("PNG", "JPEG")
_QUALITY = 85
_START = 32
_OTHER_KINDS = (
    (0, b"GIF8", "GIF"),
    (8, b"WEBP", "WebP"),
    (0, b"BM", "BMP"),
    (0, b"II*\x00", "TIFF"),
    (0, b"MM\x00*", "TIFF"),
    (4, b"ftyphei", "HEIC"),
    (4, b"ftypmif1", "HEIC"),
    (4, b"ftypavif", "AVIF"),
    (0, b"%PDF", "PDF"),
    (0, b"<svg", "SVG"),
    (0, b"8BPS", "Photoshop"),
)
"""Kinds of pictures that are named in the refusal: where their mark is, the mark, the name."""
_ORIENTATION = 0x0112
_TURNS: dict[object, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_UNREADABLE = {"missing": "cover-missing", "denied": "cover-denied"}


def cover_of(path: str) -> CoverPicture:
    """Return the picture in the file ``path``, upright, in sRGB, without metadata, as at most 256 KB of PNG or JPEG.

    Raises UserError("cover-missing"), ("cover-denied"), ("cover-unreadable", reason), ("cover-empty"),
    ("cover-file-too-large", size, limit), ("cover-other-kind", kind), ("cover-not-an-image"),
    ("cover-too-many-pixels", width, height, limit), ("cover-cut-short") or ("cover-damaged"), and MemoryError.
    """
    try:
        handle, status = open_plain_file(path)
    except NotReadableError as error:
        code = _UNREADABLE.get(error.reason, "cover-unreadable")
        raise UserError(code, details=error.details, reason=error.reason) from error
    with os.fdopen(handle, "rb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about damaged metadata
        if status.st_size == 0:
            raise UserError("cover-empty")
        if status.st_size > COVER_FILE_BYTES:
            raise UserError("cover-file-too-large", size=status.st_size, limit=COVER_FILE_BYTES)
        return _cover_in(file)


def _cover_in(file: IO[bytes]) -> CoverPicture:
    start = file.read(_START)
    file.seek(0)
    Image.MAX_IMAGE_PIXELS = None  # the limit is tested below
    try:
        image = Image.open(file, formats=_FORMATS)
        frames = int(getattr(image, "n_frames", 1)) if image.format == "PNG" else 1
        width, height = image.size
        if width * height > COVER_PIXELS:
            raise UserError("cover-too-many-pixels", width=width, height=height, limit=COVER_PIXELS)
        image.draft(None, (2 * COVER_SIDES[0], 2 * COVER_SIDES[0]))  # a large JPEG is decoded at a half or less
        image.load()
        mime, data = _encoded(_standard(image))
    except (UserError, MemoryError):
        raise
    except UnidentifiedImageError as error:
        raise _no_picture(start) from error
    except Exception as error:  # decoders raise errors of many kinds for a damaged file
        is_cut = "truncated" in str(error).lower() or isinstance(error, EOFError)
        raise UserError("cover-cut-short" if is_cut else "cover-damaged", details=repr(error)) from error
    return CoverPicture(mime, data, frames)


def _no_picture(start: bytes) -> UserError:
    for at, mark, kind in _OTHER_KINDS:
        if start[at:].startswith(mark):
            return UserError("cover-other-kind", kind=kind)
    if start.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):  # its first block is damaged or cut off
        return UserError("cover-damaged")
    return UserError("cover-not-an-image")


def _standard(image: Image.Image) -> Image.Image:
    """Return the picture as RGB or RGBA with 8 bits, upright, in sRGB, at most as large as a cover may be."""
    profile = image.info.get("icc_profile")
    turn = _TURNS.get(_orientation(image))
    if image.mode.startswith("I"):  # grey with 16 bits
        image = image.point(lambda value: value * (1 / 256)).convert("L")
    elif image.has_transparency_data and image.mode != "RGBA":
        image = image.convert("RGBA")
    elif image.mode in ("1", "P"):
        image = image.convert("RGB")
    image = _fitted(image, COVER_SIDES[0])
    if profile and image.mode in ("RGB", "RGBA", "CMYK", "L"):
        image = _in_srgb(image, profile)
    wanted = "RGBA" if image.has_transparency_data else "RGB"
    if image.mode != wanted:
        image = image.convert(wanted)
    return image if turn is None else image.transpose(turn)


def _orientation(image: Image.Image) -> object:
    """Return how the camera was held, as EXIF says; None if it does not say."""
    try:
        return image.getexif().get(_ORIENTATION)
    except Exception:  # noqa: BLE001 - damaged metadata must not cost the picture
        return None


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Return the picture with the colours that its profile describes; unchanged if the profile does not fit."""
    with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        changed = ImageCms.profileToProfile(image, given, ImageCms.createProfile("sRGB"), outputMode=mode)
        if changed is not None:
            return changed
    return image


def _fitted(image: Image.Image, side: int) -> Image.Image:
    """Return the picture with at most ``side`` pixels at its longer side."""
    if max(image.size) <= side:
        return image
    scale = side / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _encoded(image: Image.Image) -> tuple[str, bytes]:
    """Return the kind and the bytes of the largest version that is small enough."""
    for side in COVER_SIDES:
        fitted = _fitted(image, side)
        if image.mode == "RGBA":
            data = _saved(fitted, "PNG")
            if len(data) <= COVER_BYTES:
                return "image/png", data
        data = _saved(_opaque(fitted), "JPEG", quality=_QUALITY, optimize=True)
        if len(data) <= COVER_BYTES:
            return "image/jpeg", data
    raise UserError("cover-too-large", size=len(data), limit=COVER_BYTES)


def _opaque(image: Image.Image) -> Image.Image:
    """Return the picture on white, as JPEG knows no transparency."""
    if image.mode != "RGBA":
        return image
    paper = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(paper, image).convert("RGB")


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    image = image.copy()
    image.info.clear()  # no place, name or time of the photograph
    into = io.BytesIO()
    image.save(into, kind, **options)
    return into.getvalue()
