"""The player at the bottom of the window: the take in it, its waveform, and the buttons for playback."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from audiodesk.domain import words
from audiodesk.domain.words import formats
from audiodesk.views.parts import icons, theme
from audiodesk.views.player.player_actions import PlayerActions, rate_text
from audiodesk.views.player.waveform import Waveform

__all__ = ["PlayerBar"]


class PlayerBar(QFrame):
    """Shows what it is told, and emits a signal for each request.

    Signals:
        play_pause_requested: play, or pause if a take plays.
        seek_requested: go to this position (float, seconds).
        step_requested: move by this much, back if negative (float, seconds).
        previous_requested, next_requested: go to the take before or after this one.
        rate_requested: play at this speed (float, 0.5 to 2).
    """

    play_pause_requested = Signal()
    seek_requested = Signal(float)
    step_requested = Signal(float)
    previous_requested = Signal()
    next_requested = Signal()
    rate_requested = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "surface")
        self.setAccessibleName(words.tr("Player"))
        self._seconds = 0.0
        self._shown_time = ""
        self._is_playing = False
        self._actions = PlayerActions(self)
        self._actions.act_in(self)
        self._build()
        self._connect()
        self.show_nothing()

    @property
    def actions_of_playback(self) -> PlayerActions:
        """The actions of the Playback menu; ``act_in(widget)`` makes their keys work in another widget too."""
        return self._actions

    def show_nothing(self) -> None:
        """Show a placeholder while there is no take."""
        self._title.set_text(words.tr("No take is chosen"))
        theme.set_tone(self._title, "muted")
        self._subtitle.set_text(words.tr("Choose a take and press Space to hear it"))
        self._say_trouble("")
        self._seconds = 0.0
        self._waveform.show_wave(0.0, b"")
        self._time.setText("")
        self._shown_time = ""
        self._enable(can_play=False, can_go_back=False, can_go_on=False)
        self.show_playing(is_playing=False)

    def show_take(self, title: str, subtitle: str, seconds: float, overview: bytes) -> None:
        """Show a take at its start; ``subtitle`` is "take 3 of 3", ``overview`` as in ``Waveform.show_wave``."""
        self.show_names(title, subtitle)
        self._say_trouble("")
        self._seconds = seconds
        self._waveform.show_wave(seconds, overview)
        self._enable(can_play=True, can_go_back=True, can_go_on=True)
        self.show_position(0.0)

    def show_names(self, title: str, subtitle: str) -> None:
        """Show another title and subtitle and change nothing else; a message in place of the subtitle stays."""
        self._title.set_text(title)
        theme.set_tone(self._title, "text")
        self._subtitle.set_text(f"· {subtitle}" if subtitle else "")

    def show_wave(self, overview: bytes) -> None:
        """Show the waveform when it becomes known after the take."""
        self._waveform.show_wave(self._seconds, overview)

    def show_neighbours(self, *, has_previous: bool, has_next: bool) -> None:
        """Enable the buttons for the takes before and after this one."""
        self._previous.setEnabled(has_previous)
        self._next.setEnabled(has_next)
        self._actions.enable(can_play=True, can_go_back=has_previous, can_go_on=has_next)

    def show_position(self, seconds: float) -> None:
        """Move the cursor and the running time."""
        self._waveform.show_position(seconds)
        text = f"{formats.length(min(seconds, self._seconds))} / {formats.length(self._seconds)}"
        if text != self._shown_time:
            self._shown_time = text
            self._time.setText(text)

    def show_playing(self, *, is_playing: bool) -> None:
        """Show Pause while a take plays, else Play."""
        self._is_playing = is_playing
        text = words.tr("Pause") if is_playing else words.tr("Play")
        role: theme.Role = "on_accent" if self._play.isEnabled() else "muted"
        self._play.setIcon(icons.icon("pause" if is_playing else "play", role, 20))
        self._play.setToolTip(words.tr("{act} (Space)").format(act=text))
        self._play.setAccessibleName(text)
        self._actions.play_pause.setText(text)
        self._actions.play_pause.setIcon(icons.icon("pause" if is_playing else "play"))

    def show_rate(self, rate: float) -> None:
        """Show the speed at which it plays."""
        self._rate.setText(rate_text(rate))
        self._rate.setAccessibleName(words.tr("Speed {rate}").format(rate=rate_text(rate)))
        self._actions.show_rate(rate)

    def show_trouble(self, sentence: str) -> None:
        """Show why nothing is heard, in place of the subtitle; an empty sentence removes it."""
        self._say_trouble(sentence)

    def changeEvent(self, event: QEvent) -> None:
        """Repaint the bars in the colours of the current scheme."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange) and hasattr(self, "_waveform"):
            self._waveform.repaint_bars()
            self._paint_trouble_icon()

    def _build(self) -> None:
        self._play = _RoundButton(self)
        self._play.setFixedSize(self._play.sizeHint())
        self._play.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._play.setIconSize(QSize(theme.scaled(20), theme.scaled(20)))
        self._previous = self._button("skip-back", words.tr("Previous section (Ctrl+Shift+Left)"))
        self._next = self._button("skip-forward", words.tr("Next section (Ctrl+Shift+Right)"))
        self._title = _Elided(Qt.TextElideMode.ElideMiddle, self)
        font = self._title.font()
        font.setWeight(font.Weight.DemiBold)
        self._title.setFont(font)
        self._subtitle = _Elided(Qt.TextElideMode.ElideRight, self)
        theme.set_tone(self._subtitle, "muted")
        self._trouble_icon = QLabel(self)
        self._time = QLabel(self)
        self._time.setFont(theme.tabular())
        self._time.setAccessibleName(words.tr("Position and length"))
        theme.set_tone(self._time, "muted")
        self._waveform = Waveform(self)
        self._rate = QPushButton(self)
        self._rate.setToolTip(words.tr("Speed; the pitch stays as it is"))
        self._rate.setMinimumWidth(theme.scaled(60))
        self._rate_menu = QMenu(self)
        self._rate_menu.addActions(self._actions.rates)
        self.show_rate(1.0)
        self._lay_out()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(theme.scaled(8))
        line.addWidget(self._title)
        line.addWidget(self._trouble_icon)
        line.addWidget(self._subtitle)
        line.addStretch(1)
        line.addWidget(self._time)
        grid = QGridLayout(self)
        margin = theme.scaled(20)
        grid.setContentsMargins(margin, theme.scaled(12), margin, theme.scaled(16))
        grid.setHorizontalSpacing(theme.scaled(8))
        grid.setVerticalSpacing(theme.scaled(4))
        for column, widget in enumerate((self._previous, self._play, self._next)):
            grid.addWidget(widget, 0, column, 2, 1, Qt.AlignmentFlag.AlignVCenter)
        grid.setColumnMinimumWidth(3, theme.scaled(4))
        grid.addLayout(line, 0, 4)
        grid.addWidget(self._waveform, 1, 4)
        grid.setColumnMinimumWidth(5, theme.scaled(4))
        grid.addWidget(self._rate, 0, 6, 2, 1, Qt.AlignmentFlag.AlignVCenter)
        grid.setColumnStretch(4, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def _connect(self) -> None:
        self._play.clicked.connect(self.play_pause_requested)
        self._previous.clicked.connect(self.previous_requested)
        self._next.clicked.connect(self.next_requested)
        self._waveform.seek_requested.connect(self._on_seek)
        self._rate.clicked.connect(self._show_rates)
        self._actions.play_pause_requested.connect(self.play_pause_requested)
        self._actions.step_requested.connect(self.step_requested)
        self._actions.previous_requested.connect(self.previous_requested)
        self._actions.next_requested.connect(self.next_requested)
        self._actions.rate_requested.connect(self.rate_requested)
        for button in (self._play, self._previous, self._next, self._rate):
            button.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let Space press the focused button: there it must not play or pause."""
        is_space = (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Space
        )
        if is_space and isinstance(watched, QAbstractButton):
            event.accept()
            return True
        return super().eventFilter(watched, event)

    def _button(self, icon: str, text: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icons.icon(icon, "muted", 20))
        button.setIconSize(QSize(theme.scaled(20), theme.scaled(20)))
        button.setToolTip(text)
        button.setAccessibleName(text.partition(" (")[0])
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    def _enable(self, *, can_play: bool, can_go_back: bool, can_go_on: bool) -> None:
        self._play.setEnabled(can_play)
        self._previous.setEnabled(can_go_back)
        self._next.setEnabled(can_go_on)
        self._actions.enable(can_play=can_play, can_go_back=can_go_back, can_go_on=can_go_on)
        self.show_playing(is_playing=self._is_playing)

    def _say_trouble(self, sentence: str) -> None:
        self._trouble_icon.setVisible(bool(sentence))
        self._paint_trouble_icon()
        self._subtitle.say_instead(sentence)
        theme.set_tone(self._subtitle, "attention" if sentence else "muted")

    def _paint_trouble_icon(self) -> None:
        side = theme.scaled(16)
        self._trouble_icon.setPixmap(icons.pixmap("triangle-alert", "attention", side, self.devicePixelRatioF()))

    def _on_seek(self, seconds: float) -> None:
        self.show_position(seconds)
        self.seek_requested.emit(seconds)

    def _show_rates(self) -> None:
        above = self._rate.mapToGlobal(self._rate.rect().topLeft())
        above.setY(above.y() - self._rate_menu.sizeHint().height())
        self._rate_menu.popup(above)


class _RoundButton(QAbstractButton):
    """The one round button of the window, in the accent colour."""

    def sizeHint(self) -> QSize:
        """Return its fixed size."""
        side = theme.scaled(44)
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the disc, the icon on it, and a ring when it has the focus."""
        table = theme.colors()
        color = QColor(table.accent if self.isEnabled() else table.track)
        if self.isEnabled() and (self.isDown() or self.underMouse()):
            color = color.darker(112) if color.lightnessF() < 0.6 else color.lighter(106)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        disc = self.rect().adjusted(1, 1, -1, -1)
        painter.drawEllipse(disc)
        icon = QRect(QPoint(0, 0), self.iconSize())
        icon.moveCenter(self.rect().center())
        self.icon().paint(painter, icon)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(table.text), 2))
            painter.drawEllipse(disc)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show that the button can be pressed."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Return to the normal look."""
        super().leaveEvent(event)
        self.update()


_SHORT = 24
"""Texts of up to this many characters are never elided."""


class _Elided(QLabel):
    """One line of text, elided where room is short; the tooltip has the whole."""

    def __init__(self, mode: Qt.TextElideMode, parent: QWidget) -> None:
        super().__init__(parent)
        self._mode = mode
        self._whole = self._usual = self._instead = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def set_text(self, text: str) -> None:
        """Show ``text``, as far as it fits."""
        self._usual = text
        self._say(self._instead or text)

    def say_instead(self, text: str) -> None:
        """Show ``text`` in its place; an empty text brings the former one back."""
        self._instead = text
        self._say(text or self._usual)

    def minimumSizeHint(self) -> QSize:
        """Keep short texts whole; only long ones shrink."""
        short = QFontMetrics(self.font()).averageCharWidth() * _SHORT
        return QSize(min(short, self.sizeHint().width()), super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        """Return the width of the whole text."""
        width = QFontMetrics(self.font()).horizontalAdvance(self._whole)
        return QSize(width + 2, super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the text to the new width."""
        super().resizeEvent(event)
        self._fit()

    def _say(self, text: str) -> None:
        self._whole = text
        self.setAccessibleName(text)
        self.updateGeometry()
        self._fit()

    def _fit(self) -> None:
        text = QFontMetrics(self.font()).elidedText(self._whole, self._mode, max(self.width(), 0))
        self.setText(text)
        self.setToolTip(self._whole if text != self._whole else "")
