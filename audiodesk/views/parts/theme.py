"""The one table of colours and measures, and the palette and style sheet made from it."""

from __future__ import annotations

from typing import Literal, NamedTuple

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

__all__ = [
    "DARK",
    "LIGHT",
    "STYLE",
    "Colors",
    "Role",
    "Theme",
    "colors",
    "heading_font",
    "palette_of",
    "repolish",
    "scaled",
    "set_tone",
    "style_sheet_of",
    "tabular",
    "title_font",
]

Role = Literal["text", "muted", "accent", "on_accent", "safe", "attention", "danger"]
"""The colours for texts and icons: ``attention`` for "needs you" and "retry", ``danger`` for refused and damaged."""

Choice = Literal["system", "light", "dark"]


class Colors(NamedTuple):
    """Every colour of one scheme, as ``#rrggbb``."""

    frame: str
    surface: str
    text: str
    muted: str
    line: str
    selection: str
    accent: str
    on_accent: str
    safe: str
    attention: str
    danger: str
    notice: str
    track: str
    wave: str

    def of(self, role: Role) -> QColor:
        """Return the colour of a text or an icon."""
        return QColor(getattr(self, role))


LIGHT = Colors(
    frame="#f6f6f4",
    surface="#ffffff",
    text="#1e2126",
    muted="#5b6270",
    line="#e3e4e7",
    selection="#e6ebfb",
    accent="#3b5bdb",
    on_accent="#ffffff",
    safe="#176e41",
    attention="#8a5a00",
    danger="#b3261e",
    notice="#fdf3dd",
    track="#e7e8eb",
    wave="#b9bfca",
)

DARK = Colors(
    frame="#16181c",
    surface="#1e2126",
    text="#e8eaed",
    muted="#a3abb8",
    line="#31353d",
    selection="#2b3350",
    accent="#8fa8ff",
    on_accent="#14161a",
    safe="#5cc58b",
    attention="#e5b454",
    danger="#ff8a80",
    notice="#352b16",
    track="#30343b",
    wave="#4a505b",
)

_REFERENCE_PIXELS = 13
"""The font size for which LOOK.md gives its measures."""

_current = LIGHT
_measured: tuple[QFont, float] | None = None
"""The application's font when a measure was last scaled, and its size in reference sizes, at least 1."""


def colors() -> Colors:
    """Return the current colours; ask again after ``Theme.changed``, or in every paint."""
    return _current


def scaled(pixels: float) -> int:
    """Return a measure of LOOK.md's grid in pixels, scaled to the application's font but never smaller than given."""
    global _measured
    font = QApplication.font()
    if _measured is None or _measured[0] != font:  # finding a font's size takes three times as long as comparing it
        _measured = font, max(1.0, QFontInfo(font).pixelSize() / _REFERENCE_PIXELS)
    return round(pixels * _measured[1])


def title_font() -> QFont:
    """Return the font for the title of a pane."""
    return _semibold(20)


def heading_font() -> QFont:
    """Return the font for a heading inside a pane."""
    return _semibold(15)


def tabular(font: QFont | None = None) -> QFont:
    """Return the font with digits of equal width, for columns of numbers and running times."""
    result = QFont(font if font is not None else QApplication.font())
    result.setFeature(QFont.Tag("tnum"), 1)
    return result


def set_tone(label: QLabel | QPushButton, tone: Role) -> None:
    """Colour the text of a label or a plain button by its role; it follows changes of the scheme."""
    if label.property("tone") != tone:
        label.setProperty("tone", tone)
        repolish(label)


def repolish(widget: QWidget) -> None:
    """Apply the style sheet again after a property of ``widget`` changed; a widget never shown needs no help."""
    if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        widget.style().unpolish(widget)
        widget.style().polish(widget)


STYLE = "Fusion"
"""The Qt style that palette and style sheet are made for; the code that makes the application passes it to Qt."""


class Theme(QObject):
    """Applies the colours to the application, and follows the system's scheme and the person's choice.

    Signals:
        changed: the colours have changed; repaint whatever was painted with the old ones.
    """

    changed = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._dark: bool | None = None
        self._hints = application.styleHints()
        self._hints.colorSchemeChanged.connect(self._refresh)
        if hasattr(self._hints, "accessibility"):  # since Qt 6.10
            self._hints.accessibility().contrastPreferenceChanged.connect(self._refresh)

    def choose(self, scheme: Choice) -> None:
        """Show light, dark, or the system's scheme."""
        wanted = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark, "system": Qt.ColorScheme.Unknown}[scheme]
        self._hints.setColorScheme(wanted)
        self._dark = None if scheme == "system" else scheme == "dark"
        self._refresh()

    def _refresh(self) -> None:
        global _current
        if self._high_contrast():
            self._application.setPalette(QPalette())
            _current = _colors_from(self._application.palette())
            self._application.setStyleSheet("")
        else:
            # The offscreen and minimal platforms ignore our scheme, so the person's choice counts before the hint.
            dark = self._hints.colorScheme() == Qt.ColorScheme.Dark if self._dark is None else self._dark
            _current = DARK if dark else LIGHT
            self._application.setPalette(palette_of(_current))
            self._application.setStyleSheet(style_sheet_of(_current))
        self.changed.emit()
        for window in QApplication.topLevelWidgets():
            window.update()

    def _high_contrast(self) -> bool:
        if not hasattr(self._hints, "accessibility"):
            return False
        return self._hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast


def palette_of(table: Colors) -> QPalette:
    """Return the table as palette roles, as far as a role exists for each colour."""
    roles = QPalette.ColorRole
    palette = QPalette()
    for role, color in (
        (roles.Window, table.frame),
        (roles.WindowText, table.text),
        (roles.Base, table.surface),
        (roles.AlternateBase, table.frame),
        (roles.Text, table.text),
        (roles.Button, table.surface),
        (roles.ButtonText, table.text),
        (roles.BrightText, table.danger),
        (roles.ToolTipBase, table.surface),
        (roles.ToolTipText, table.text),
        (roles.PlaceholderText, table.muted),
        (roles.Highlight, table.selection),
        (roles.HighlightedText, table.text),
        (roles.Accent, table.accent),
        (roles.Link, table.accent),
        (roles.LinkVisited, table.accent),
        (roles.Light, table.surface),
        (roles.Midlight, table.line),
        (roles.Mid, table.line),
        (roles.Dark, table.wave),
        (roles.Shadow, table.line),
    ):
        palette.setColor(role, QColor(color))
    faint = _mixed(table.muted, table.surface, 0.6)
    for role in (roles.WindowText, roles.Text, roles.ButtonText, roles.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, faint)
    palette.setColor(QPalette.ColorGroup.Disabled, roles.Accent, QColor(table.wave))
    return palette


def style_sheet_of(table: Colors) -> str:
    """Return what the palette cannot express; the measures follow the application's font.

    Widgets choose a style by properties: ``QPushButton`` ``kind="primary"``; ``QFrame`` ``kind`` "notice", "calm",
    "surface" or "line"; ``QLabel`` ``tone`` (see ``set_tone``); ``QAbstractItemView`` and ``QScrollArea``
    ``pane="frame"``; ``QProgressBar`` ``tone="attention"``.
    """
    values = table._asdict()
    values["faint"] = _mixed(table.muted, table.surface, 0.6).name()
    values["hover"] = _mixed(table.text, table.surface, 0.05).name()
    values["frame_hover"] = _mixed(table.text, table.frame, 0.06).name()
    values["accent_hover"] = _mixed(table.text, table.accent, 0.12).name()
    values["tick"] = "check-white" if QColor(table.on_accent).lightnessF() > 0.5 else "check-black"
    sheet = _SHEET
    for name in sorted(values, key=len, reverse=True):
        for end in (";", " ", "."):
            sheet = sheet.replace(f"@{name}{end}", f"{values[name]}{end}")
    for pixels in (2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 14, 16, 24, 30):
        sheet = sheet.replace(f"${pixels};", f"{scaled(pixels)}px;").replace(f"${pixels} ", f"{scaled(pixels)}px ")
    return sheet


_SHEET = """
QPushButton { background: @surface; color: @text; border: 1px solid @line; border-radius: $6;
              min-height: $30; padding: 0 $12; }
QPushButton:hover { background: @hover; }
QPushButton:pressed, QPushButton:checked { background: @selection; }
QPushButton:focus { border-color: @accent; }
QPushButton:disabled { color: @faint; }
QPushButton[kind="primary"] { background: @accent; color: @on_accent; border-color: @accent; font-weight: 600; }
QPushButton[kind="primary"]:hover, QPushButton[kind="primary"]:pressed { background: @accent_hover; }
QPushButton[kind="primary"]:focus { border: 2px solid @text; }
QPushButton[kind="primary"]:disabled { background: @track; border-color: @track; color: @faint; }
QPushButton[kind="link"] { background: transparent; border: none; color: @accent; padding: 0; text-align: left; }
QPushButton[kind="link"]:focus { text-decoration: underline; }
QPushButton[kind="link"]:disabled { color: @faint; }
QPushButton[kind="filter"] { background: transparent; border-color: transparent; color: @muted; }
QPushButton[kind="filter"]:checked { background: @selection; color: @text; font-weight: 600; }
QPushButton[kind="filter"]:focus { border-color: @accent; }
QPushButton::menu-indicator { image: none; width: 0; }
QPushButton[kind="notice"] { background: transparent; border-color: @attention; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: $6; padding: $4; }
QToolButton:hover { background: @frame_hover; }
QToolButton:pressed, QToolButton:checked { background: @selection; }
QToolButton:focus { border-color: @accent; }
QToolButton[kind="fold"] { padding: $2 $4 $2 0; }
QToolButton[kind="fold"]:checked { background: transparent; }
QLineEdit, QPlainTextEdit, QTextEdit, QListWidget { background: @surface; color: @text; border: 1px solid @line;
              border-radius: $6; padding: $4 $8; selection-background-color: @selection; selection-color: @text; }
QLineEdit { min-height: $24; padding: 2px $8; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QListWidget:focus { border-color: @accent; }
QAbstractItemView QLineEdit { min-height: 0; padding: 0 $4; }
QLineEdit[size="large"] { min-height: $30; padding: $4 $12; }
QLineEdit[wrong="true"], QComboBox[wrong="true"] { border: 2px solid @danger; }
QLineEdit[wrong="true"] { padding: 1px $7; }
QLineEdit[size="large"][wrong="true"] { padding: $3 $11; }
QComboBox[wrong="true"] { padding: 1px $24 1px $7; }
QComboBox QLineEdit { border: none; background: transparent; padding: 0; }
QCheckBox { spacing: $8; }
QCheckBox::indicator, QTableView::indicator { width: $14; height: $14; background: @surface;
              border: 1px solid @muted; border-radius: $4; }
QCheckBox::indicator:hover, QCheckBox::indicator:focus { border-color: @accent; }
QCheckBox::indicator:checked, QTableView::indicator:checked { background: @accent; border-color: @accent;
              image: url(icons:@tick.svg); }
QCheckBox::indicator:disabled { border-color: @line; background: @track; }
QRadioButton { spacing: $8; }
QRadioButton::indicator { width: $14; height: $14; background: @surface; border: 1px solid @muted;
              border-radius: $8; }
QRadioButton::indicator:hover, QRadioButton::indicator:focus { border-color: @accent; }
QRadioButton::indicator:checked { background: @surface; border: 5px solid @accent; width: $6; height: $6; }
QComboBox { background: @surface; color: @text; border: 1px solid @line; border-radius: $6;
              min-height: $24; padding: 2px $24 2px $8; }
QComboBox:focus, QComboBox:on { border-color: @accent; }
QComboBox::drop-down { border: none; width: $24; }
QComboBox::down-arrow { image: none; }
QComboBox QAbstractItemView { background: @surface; border: 1px solid @line; selection-background-color: @selection;
              selection-color: @text; }
QTreeView, QTableView, QListView { border: none; background: @surface; outline: none; }
QTreeView[pane="frame"], QListView[pane="frame"] { background: @frame; }
QHeaderView { background: @surface; border: none; }
QHeaderView::section { background: @surface; color: @muted; border: none; border-bottom: 1px solid @line;
              padding: $8 $12; font-weight: normal; }
QHeaderView::section:first { padding-left: $24; }
QMenuBar { background: @frame; color: @muted; padding: $2 $4; border: none; }
QMenuBar::item { padding: $4 $8; border-radius: $6; background: transparent; }
QMenuBar::item:selected { background: @frame_hover; color: @text; }
QMenu { background: @surface; color: @text; border: 1px solid @line; padding: $4; }
QMenu::item { padding: $6 $24 $6 $12; border-radius: $4; }
QMenu::item:selected { background: @selection; }
QMenu::item:disabled { color: @faint; }
QMenu::separator { height: 1px; background: @line; margin: $4 $8; }
QMenu::icon { padding-left: $8; }
QToolTip { background: @surface; color: @text; border: 1px solid @line; padding: $4 $8; }
QToolBar { background: @frame; border: none; border-bottom: 1px solid @line; padding: $6 $12; spacing: $8; }
QStatusBar { background: @frame; color: @muted; border-top: 1px solid @line; }
QStatusBar::item { border: none; }
QSplitter::handle, QMainWindow::separator { background: @line; }
QSplitter::handle:horizontal, QMainWindow::separator:vertical { width: 1px; }
QSplitter::handle:vertical, QMainWindow::separator:horizontal { height: 1px; }
QProgressBar { background: @track; border: none; border-radius: 2px; min-height: $4; max-height: $4; }
QProgressBar::chunk { background: @accent; border-radius: 2px; }
QProgressBar[tone="attention"]::chunk { background: @attention; }
QScrollArea { border: none; background: @surface; }
QScrollArea[pane="frame"], QScrollArea[pane="frame"] > QWidget > QWidget[pane="frame"] { background: @frame; }
QScrollBar { background: transparent; border: none; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollBar:vertical { width: $12; }
QScrollBar:horizontal { height: $12; }
QScrollBar::handle { background: @wave; border-radius: 3px; margin: 3px; }
QScrollBar::handle:vertical { min-height: $24; }
QScrollBar::handle:horizontal { min-width: $24; }
QScrollBar::handle:hover { background: @muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QFrame[kind="notice"] { background: @notice; border: none; border-radius: $6; }
QFrame[kind="calm"] { background: @hover; border: none; border-radius: $6; }
QFrame[kind="surface"] { background: @surface; border: none; }
QFrame[kind="frame"] { background: @frame; border: none; }
QFrame[kind="card"] { background: @surface; border: 1px solid @line; border-radius: $6; }
QFrame[kind="card"][heard="true"] { border: 2px solid @accent; }
QFrame[kind="option"] { background: transparent; border: none; border-radius: $6; }
QFrame[kind="option"][chosen="true"] { background: @selection; }
QFrame[kind="upright"] { background: @line; border: none; }
QFrame[kind="row"] { background: transparent; border: none; border-bottom: 1px solid @line; }
QFrame[kind="line"] { background: @line; border: none; max-height: 1px; }
QPushButton[tone="attention"] { color: @attention; }
QLabel[kind="key"] { border: 1px solid @line; border-radius: $4; padding: 0 $6; }
QTableWidget::item { padding: 0 $12; }
QTableWidget::item:selected { background: @selection; color: @text; }
QLabel[tone="text"] { color: @text; }
QLabel[tone="muted"] { color: @muted; }
QLabel[tone="accent"] { color: @accent; }
QLabel[tone="safe"] { color: @safe; }
QLabel[tone="attention"] { color: @attention; }
QLabel[tone="danger"] { color: @danger; }
"""


def _semibold(pixels: int) -> QFont:
    font = QApplication.font()
    size = QFontInfo(font).pixelSize() * pixels / _REFERENCE_PIXELS
    font.setPixelSize(round(size))
    font.setWeight(QFont.Weight.DemiBold)
    return font


def _mixed(top: str, bottom: str, opacity: float) -> QColor:
    over, under = QColor(top), QColor(bottom)
    return QColor.fromRgbF(
        over.redF() * opacity + under.redF() * (1 - opacity),
        over.greenF() * opacity + under.greenF() * (1 - opacity),
        over.blueF() * opacity + under.blueF() * (1 - opacity),
    )


def _colors_from(palette: QPalette) -> Colors:
    """Return the system's own colours under our names: here contrast is more important than our hues for states."""
    roles = QPalette.ColorRole

    def named(role: QPalette.ColorRole) -> str:
        return palette.color(role).name()

    text = named(roles.WindowText)
    return Colors(
        frame=named(roles.Window),
        surface=named(roles.Base),
        text=text,
        muted=text,
        line=text,
        selection=named(roles.Highlight),
        accent=named(roles.Highlight),
        on_accent=named(roles.HighlightedText),
        safe=text,
        attention=text,
        danger=text,
        notice=named(roles.Base),
        track=named(roles.Base),
        wave=text,
    )
