"""The table of colours: contrast as in LOOK.md, a style sheet without leftovers, both schemes."""

from __future__ import annotations

import re

import pytest
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QLabel

from audiodesk.views.parts import theme
from audiodesk.views.parts.theme import DARK, LIGHT, Colors
from tests.views.dress import dress

_TEXTS = ("text", "muted", "accent", "safe", "attention", "danger")


def luminance(name: str) -> float:
    color = QColor(name)
    parts = [color.redF(), color.greenF(), color.blueF()]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("table", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("role", _TEXTS)
@pytest.mark.parametrize("ground", ["surface", "frame", "selection"])
def test_every_text_can_be_read_on_every_ground(table: Colors, role: str, ground: str) -> None:
    assert contrast(getattr(table, role), getattr(table, ground)) >= 4.5


@pytest.mark.parametrize("table", [LIGHT, DARK], ids=["light", "dark"])
def test_what_is_written_on_colours_can_be_read(table: Colors) -> None:
    assert contrast(table.on_accent, table.accent) >= 4.5
    assert contrast(table.text, table.notice) >= 4.5
    assert contrast(table.attention, table.notice) >= 4.5


@pytest.mark.parametrize("table", [LIGHT, DARK], ids=["light", "dark"])
def test_the_sheet_has_no_colour_or_measure_left_open(qapp: QApplication, table: Colors) -> None:
    sheet = theme.style_sheet_of(table)
    assert not re.findall(r"[@$]\w+", sheet)
    known = set(table)
    mixed = {color for color in re.findall(r"#[0-9a-f]{6}", sheet) if color not in known}
    assert len(mixed) <= 4  # the faint colours, and the one under the pointer


def test_the_palette_says_what_is_chosen_and_what_is_off(qapp: QApplication) -> None:
    palette = theme.palette_of(DARK)
    roles = QPalette.ColorRole
    assert palette.color(roles.Base).name() == DARK.surface
    assert palette.color(roles.Accent).name() == DARK.accent
    assert palette.color(QPalette.ColorGroup.Disabled, roles.Text) != palette.color(roles.Text)


def test_choosing_a_scheme_tells_and_shows_it(qapp: QApplication) -> None:
    chosen = dress(qapp)
    told: list[str] = []
    chosen.changed.connect(lambda: told.append(theme.colors().surface))
    chosen.choose("dark")
    assert told[-1] == DARK.surface
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == DARK.frame
    chosen.choose("light")
    assert told[-1] == LIGHT.surface


def test_a_tone_follows_the_scheme(qapp: QApplication) -> None:
    chosen = dress(qapp)
    label = QLabel("7.2 s of silence")
    theme.set_tone(label, "attention")
    label.ensurePolished()
    assert label.palette().color(label.foregroundRole()).name() == LIGHT.attention
    chosen.choose("dark")
    label.ensurePolished()
    assert label.palette().color(label.foregroundRole()).name() == DARK.attention
    chosen.choose("light")


def test_measures_grow_with_the_font_and_never_shrink(qapp: QApplication) -> None:
    before = qapp.font()
    try:
        large = QFont(before)
        large.setPixelSize(26)
        qapp.setFont(large)
        assert theme.scaled(32) == 64
        assert theme.title_font().pixelSize() == 40
        small = QFont(before)
        small.setPixelSize(8)
        qapp.setFont(small)
        assert theme.scaled(32) == 32
    finally:
        qapp.setFont(before)
