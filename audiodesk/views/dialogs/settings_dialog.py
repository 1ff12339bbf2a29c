"""The settings of this computer, and the folders in use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QFormLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from audiodesk.domain import words
from audiodesk.domain.settings import Scheme, Settings
from audiodesk.views.dialogs.choice import Choice
from audiodesk.views.dialogs.dialog import GrowingDialog
from audiodesk.views.dialogs.server_settings import ServerSettings
from audiodesk.views.parts.labels import heading
from audiodesk.views.parts.theme import scaled
from audiodesk.views.player.player_actions import RATES, rate_text

__all__ = ["SettingsDialog"]

_SCHEMES: tuple[Scheme, ...] = ("system", "light", "dark")


class SettingsDialog(GrowingDialog):
    """Every change takes effect at once; there is nothing to confirm.

    Signals:
        changed: the settings were changed to these (Settings).
    """

    changed = Signal(object)

    def __init__(
        self,
        settings: Settings,
        folders: Sequence[tuple[str, str]],
        parent: QWidget | None = None,
        server: ServerSettings | None = None,
    ) -> None:
        """``server`` is the part about the server; without it the dialog has none."""
        super().__init__(words.tr("Settings"), parent=parent)
        self._settings = settings
        self.scheme = Choice()
        for scheme, name in zip(
            _SCHEMES, (words.tr("As the system"), words.tr("Light"), words.tr("Dark")), strict=True
        ):
            self.scheme.addItem(name, scheme)
        self.scheme.setCurrentIndex(_SCHEMES.index(settings.scheme))
        self.scheme.currentIndexChanged.connect(self._on_changed)
        self.rate = Choice()
        for rate in RATES:
            self.rate.addItem(rate_text(rate), rate)
        self.rate.setCurrentIndex(max(0, self.rate.findData(settings.playback_rate)))
        self.rate.currentIndexChanged.connect(self._on_changed)
        self.reminder = QCheckBox(words.tr("Tell me when something has been in the trash for 30 days"))
        self.reminder.setChecked(settings.trash_reminder)
        self.reminder.toggled.connect(self._on_changed)
        form = QFormLayout()
        form.setHorizontalSpacing(scaled(16))
        form.setVerticalSpacing(scaled(12))
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._row(form, words.tr("Colours"), self.scheme)
        self._row(form, words.tr("Speed at start"), self.rate)
        self._row(form, words.tr("Trash"), self.reminder)
        title = heading(words.tr("Folders"))
        title.setContentsMargins(0, scaled(8), 0, 0)
        form.addRow(title)  # in the same form, so that all fields are aligned
        for name, path in folders:
            self._row(form, name, self._folder(name, path))
        self.body.addLayout(form)
        self.server = server
        if server is not None:
            self.body.addWidget(server)
        self.body.addStretch(1)
        self.add_closing(words.tr("Close"), primary=True)
        self.resize(scaled(600), scaled(420))

    def _row(self, form: QFormLayout, name: str, widget: QWidget) -> None:
        label = QLabel(name)
        label.setBuddy(widget)
        if not widget.accessibleName():
            widget.setAccessibleName(name)
        form.addRow(label, widget)

    def _folder(self, name: str, path: str) -> QWidget:
        line = QLineEdit(path)
        line.setReadOnly(True)
        line.setAccessibleName(name)
        line.setCursorPosition(0)
        line.setToolTip(path)
        button = QPushButton(words.tr("Open"))
        button.setAutoDefault(False)
        button.setAccessibleName(words.tr("Open the folder {name}").format(name=name))
        button.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(path)))
        row = QWidget()
        across = QHBoxLayout(row)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(scaled(8))
        across.addWidget(line, 1)
        across.addWidget(button)
        return row

    def _on_changed(self) -> None:
        self._settings = replace(
            self._settings,
            scheme=self.scheme.currentData(),
            playback_rate=float(self.rate.currentData()),
            trash_reminder=self.reminder.isChecked(),
        )
        self.changed.emit(self._settings)
