"""A cover made of a person's picture: every kind that is taken, and a clear refusal of the rest."""

from __future__ import annotations

import contextlib
import io
import os
import random
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from audiodesk.audio.picture import cover_of
from audiodesk.domain.errors import UserError
from audiodesk.domain.library.cover import COVER_BYTES, COVER_PIXELS, CoverPicture
from audiodesk.domain.words.errors.error_words import error_action, error_sentence
from tests.media.pictures import bomb, picture, png_of


def shown(cover: CoverPicture) -> Image.Image:
    image = Image.open(io.BytesIO(cover.data))
    assert f"image/{str(image.format).lower()}" == cover.mime
    assert len(cover.data) <= COVER_BYTES
    return image


def refused(path: Path) -> UserError:
    with pytest.raises(UserError) as caught:
        cover_of(str(path))
    assert "Something went wrong" not in error_sentence(caught.value)
    assert error_action(caught.value)
    return caught.value


def is_red(colour: object) -> bool:
    assert isinstance(colour, tuple)
    return bool(colour[0] > 150 and colour[1] < 110 and colour[2] < 110)


def is_blue(colour: object) -> bool:
    assert isinstance(colour, tuple)
    return bool(colour[0] < 110 and colour[2] > 130)


@pytest.mark.parametrize(
    ("name", "size", "mode", "mime"),
    [
        ("a.png", (300, 400), "RGB", "image/jpeg"),
        ("a.jpg", (3000, 2000), "RGB", "image/jpeg"),
        ("a.jpg", (600, 800), "CMYK", "image/jpeg"),
        ("a.png", (200, 300), "RGBA", "image/png"),
        ("a.png", (1, 1), "RGB", "image/jpeg"),
        ("a.png", (9000, 2), "RGB", "image/jpeg"),
    ],
)
def test_a_picture_becomes_a_small_one(tmp_path: Path, name: str, size: tuple[int, int], mode: str, mime: str) -> None:
    cover = cover_of(str(picture(tmp_path / name, size, mode)))
    image = shown(cover)
    scale = min(1.0, 1600 / max(size))
    assert image.size == pytest.approx((max(1, size[0] * scale), max(1, size[1] * scale)), abs=1)
    assert cover.mime == mime
    assert cover.frames == 1
    assert image.mode == ("RGBA" if mode == "RGBA" else "RGB")
    if min(size) > 100:
        assert is_red(image.convert("RGB").getpixel((image.width // 4, image.height // 4)))
        assert is_blue(image.convert("RGB").getpixel((image.width * 3 // 4, image.height * 3 // 4)))


def test_a_picture_that_stays_too_large_gets_fewer_pixels(tmp_path: Path) -> None:
    noise = Image.frombytes("RGB", (1000, 1000), random.Random(1).randbytes(3_000_000))
    noise.save(tmp_path / "noise.png", compress_level=1)
    assert max(shown(cover_of(str(tmp_path / "noise.png"))).size) in (900, 700, 500)


def test_transparent_noise_becomes_a_jpeg_on_white(tmp_path: Path) -> None:
    noise = Image.frombytes("RGBA", (600, 600), random.Random(1).randbytes(1_440_000))
    noise.paste((0, 0, 0, 0), (0, 0, 300, 300))
    noise.save(tmp_path / "noise.png", compress_level=1)
    image = shown(cover_of(str(tmp_path / "noise.png")))
    assert image.format == "JPEG"
    colour = image.getpixel((20, 20))
    assert isinstance(colour, tuple)
    assert min(colour) > 240


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_photograph_is_shown_upright_and_loses_its_metadata(tmp_path: Path, turn: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = turn
    exif[0x010E] = "taken at home"
    path = tmp_path / "photo.jpg"
    upright = Image.open(picture(tmp_path / "upright.png", (300, 400)))
    held = {
        1: upright,
        2: upright.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: upright.transpose(Image.Transpose.ROTATE_180),
        4: upright.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: upright.transpose(Image.Transpose.TRANSPOSE),
        6: upright.transpose(Image.Transpose.ROTATE_90),
        7: upright.transpose(Image.Transpose.TRANSVERSE),
        8: upright.transpose(Image.Transpose.ROTATE_270),
    }[turn]
    held.save(path, exif=exif)
    cover = cover_of(str(path))
    image = shown(cover)
    assert image.size == (300, 400)
    assert is_red(image.getpixel((75, 100)))
    assert is_blue(image.getpixel((225, 100)))
    assert is_blue(image.getpixel((75, 300)))
    assert b"taken at home" not in cover.data
    assert not image.getexif()


def test_damaged_metadata_does_not_cost_the_picture(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.jpg", exif=b"Exif\0\0II*\0\xff\xff\xff\xff" + bytes(40), icc_profile=b"no profile")
    assert is_red(shown(cover_of(str(path))).getpixel((75, 100)))


def test_a_colour_profile_is_applied_and_left_out(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image = shown(cover_of(str(picture(tmp_path / "a.jpg", icc_profile=profile))))
    assert is_red(image.getpixel((75, 100)))
    assert "icc_profile" not in image.info


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_colour_profile_changes_the_colours(tmp_path: Path, mode: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = profile.replace(b"rXYZ", b"____").replace(b"bXYZ", b"rXYZ").replace(b"____", b"bXYZ")
    image = shown(cover_of(str(picture(tmp_path / "a.png", mode=mode, icc_profile=swapped))))
    assert image.mode == mode
    assert is_blue(image.getpixel((75, 100)))


@pytest.mark.parametrize(("colour", "channels"), [(0, 1), (2, 3), (6, 4), (4, 2)])
def test_a_picture_of_16_bits(tmp_path: Path, colour: int, channels: int) -> None:
    dark, light = (0x2828).to_bytes(2, "big"), (0xC8C8).to_bytes(2, "big")
    opaque = b"\xff\xff" if channels in (2, 4) else b""
    plain = channels - (channels in (2, 4))
    row = b"\0" + (dark * plain + opaque) * 50 + (light * plain + opaque) * 50
    image = shown(cover_of(str(png_of(tmp_path / "deep.png", 100, 80, 16, colour, row * 80)))).convert("L")
    assert image.getpixel((20, 40)) == pytest.approx(0x28, abs=6)
    assert image.getpixel((80, 40)) == pytest.approx(0xC8, abs=6)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGBX"])
def test_other_pictures_of_png(tmp_path: Path, mode: str) -> None:
    image = Image.open(picture(tmp_path / "a.png"))
    if mode == "RGBX":  # one colour counts as transparent
        image.save(tmp_path / "b.png", transparency=(220, 30, 30))
    elif mode == "PA":
        image.quantize(8).save(tmp_path / "b.png", transparency=0)
    else:
        image.convert(mode).save(tmp_path / "b.png")
    cover = cover_of(str(tmp_path / "b.png"))
    assert cover.mime == ("image/png" if mode in ("LA", "PA", "RGBX") else "image/jpeg")
    assert shown(cover).size == (300, 400)


def test_the_first_picture_of_an_animation_is_taken(tmp_path: Path) -> None:
    first, second = Image.new("RGB", (90, 90), (220, 30, 30)), Image.new("RGB", (90, 90), (20, 40, 200))
    first.save(tmp_path / "a.png", save_all=True, append_images=[second])
    cover = cover_of(str(tmp_path / "a.png"))
    assert cover.frames == 2
    assert is_red(shown(cover).getpixel((40, 40)))


@pytest.mark.parametrize("name", ["photo.png", "photo", "photo.txt"])
def test_the_name_does_not_matter(tmp_path: Path, name: str) -> None:
    path = picture(tmp_path / "a.jpg").rename(tmp_path / name)
    assert is_red(shown(cover_of(str(path))).getpixel((75, 100)))


@pytest.mark.parametrize("kind", ["GIF", "BMP", "WEBP", "TIFF"])
def test_another_kind_under_a_wrong_name_is_named(tmp_path: Path, kind: str) -> None:
    error = refused(picture(tmp_path / "cover.png", kind=kind))
    assert error.code == "cover-other-kind"
    assert f"This is a {error.params['kind']} file" in error_sentence(error)
    assert str(error.params["kind"]).upper() == kind


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "cover-empty"),
        (b"no picture", "cover-not-an-image"),
        (b"<html>\0", "cover-not-an-image"),
        (b"\x89PNG\r\n\x1a\n", "cover-damaged"),
        (b"\xff\xd8\xff\xe0", "cover-damaged"),
    ],
)
def test_what_is_no_picture_is_said(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "cover.png"
    path.write_bytes(content)
    assert refused(path).code == code


@pytest.mark.parametrize("name", ["a.png", "a.jpg"])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_a_picture_that_ends_too_early(tmp_path: Path, name: str, part: float) -> None:
    noise = Image.frombytes("RGB", (300, 300), random.Random(2).randbytes(270_000))
    noise.save(tmp_path / name)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: int(len(whole) * part)])
    assert refused(tmp_path / name).code == "cover-cut-short"


@pytest.mark.parametrize(("width", "height"), [(65_535, 65_535), (100_000, 501), (2**31 - 1, 2**31 - 1)])
def test_a_small_file_with_too_many_pixels(tmp_path: Path, width: int, height: int) -> None:
    error = refused(bomb(tmp_path / "bomb.png", width, height))
    assert error.code == "cover-too-many-pixels"
    assert "50,000,000" in error_sentence(error).replace("\u202f", ",")


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    with path.open("wb") as file:
        file.truncate(101 * 1024 * 1024)
    error = refused(path)
    assert error.code == "cover-file-too-large"
    assert "100.0 MB" in error_sentence(error).replace("\u00a0", " ")


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    assert refused(tmp_path / "missing.png").code == "cover-missing"
    assert refused(tmp_path).code == "cover-unreadable"
    if sys.platform != "win32":
        os.mkfifo(tmp_path / "pipe.png")
        assert refused(tmp_path / "pipe.png").code == "cover-unreadable"


def test_changed_bytes_never_raise_anything_else(tmp_path: Path) -> None:
    seeds = random.Random(3)
    wholes = [picture(tmp_path / name, (60, 60)).read_bytes() for name in ("a.png", "b.jpg")]
    path = tmp_path / "changed"
    for _ in range(300):
        content = bytearray(seeds.choice(wholes))
        for _change in range(seeds.randint(1, 8)):
            content[seeds.randrange(len(content))] = seeds.randrange(256)
        path.write_bytes(content)
        with contextlib.suppress(UserError):
            shown(cover_of(str(path)))


def test_the_limits_fit_together() -> None:
    assert COVER_PIXELS * 8 < 512 * 1024 * 1024
