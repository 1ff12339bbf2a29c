"""Icons: each used name exists, in the colour of its role, sharp on every screen."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QFile, QSize
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QApplication

import audiodesk
from audiodesk.system.folders import resources
from audiodesk.views.parts import icons, theme
from tests.views.dress import dress

_FOLDER = resources() / "icons"


def colors_in(picture: QPixmap) -> set[str]:
    image = picture.toImage()
    points = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return {color.name() for color in (image.pixelColor(x, y) for x, y in points) if color.alpha() == 255}


def source() -> str:
    package = Path(audiodesk.__file__).parent
    return "\n".join(path.read_text() for part in ("views", "desktop") for path in (package / part).rglob("*.py"))


def test_each_icon_is_of_the_one_family_and_used() -> None:
    text = source()
    shipped = {path.stem for path in _FOLDER.glob("*.svg")}
    assert shipped
    assert not {name for name in shipped if f'"{name}"' not in text}
    assert (_FOLDER / "LICENSE").read_text().startswith("ISC License")


def test_each_icon_that_is_named_is_shipped() -> None:
    named = set(re.findall(r'icons?\.(?:icon|pixmap)\(\s*"([a-z0-9-]+)"', source()))
    assert named
    assert not {name for name in named if not (_FOLDER / f"{name}.svg").is_file()}


def test_an_icon_is_drawn_in_the_colour_of_its_role(qapp: QApplication) -> None:
    dress(qapp)
    assert theme.LIGHT.danger in colors_in(icons.icon("check", "danger").pixmap(QSize(32, 32)))


def test_it_changes_with_the_scheme_by_itself(qapp: QApplication) -> None:
    chosen = dress(qapp)
    icon = icons.icon("check", "accent")
    chosen.choose("dark")
    assert theme.DARK.accent in colors_in(icon.pixmap(QSize(32, 32)))
    chosen.choose("light")
    assert theme.LIGHT.accent in colors_in(icon.pixmap(QSize(32, 32)))


def test_a_fine_screen_gets_finer_pictures(qapp: QApplication) -> None:
    dress(qapp)
    picture = icons.icon("mic").pixmap(QSize(16, 16), 2.0)
    assert picture.width() == 32
    assert picture.devicePixelRatio() == 2.0
    assert icons.pixmap("mic", "text", 16, 2.0).width() == 32


def test_what_is_off_is_fainter(qapp: QApplication) -> None:
    dress(qapp)
    off = icons.icon("check").pixmap(QSize(32, 32), QIcon.Mode.Disabled).toImage()
    strongest = max(off.pixelColor(x, y).alpha() for x in range(32) for y in range(32))
    assert 0 < strongest < 160


def test_an_unknown_icon_is_blank_and_breaks_nothing(qapp: QApplication) -> None:
    dress(qapp)
    image = icons.icon("no-such-icon").pixmap(QSize(16, 16)).toImage()
    assert all(image.pixelColor(x, y) == QColor(0, 0, 0, 0) for x in range(16) for y in range(16))


def test_the_style_sheet_finds_its_icons(qapp: QApplication) -> None:
    dress(qapp)
    named = re.findall(r"url\((icons:[^)]+)\)", theme.style_sheet_of(theme.LIGHT) + theme.style_sheet_of(theme.DARK))
    assert named
    assert [name for name in named if not QFile.exists(name)] == []
