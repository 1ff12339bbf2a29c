"""A project's properties: title, author, narrator, language, cover, notes."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QImageWriter, QPixmap
from PySide6.QtWidgets import (
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from audiodesk.domain import words
from audiodesk.domain.library.read_model import ProjectDetails
from audiodesk.domain.library.titles import MAX_TITLE
from audiodesk.views.dialogs.choice import Choice
from audiodesk.views.dialogs.dialog import Dialog
from audiodesk.views.parts import icons
from audiodesk.views.parts.labels import muted
from audiodesk.views.parts.language_names import common_languages, language_name
from audiodesk.views.parts.theme import scaled

__all__ = ["CoverChange", "ProjectDialog"]

_MOST_COVER = 256 * 1024
_COVERS = {"PNG": ("png",), "JPEG": ("jpg", "jpeg")}
"""The kinds of pictures accepted as a cover, by Qt's name, with their file endings."""
_SIDES = (1600, 1200, 900, 700, 500, 300)


@dataclass(frozen=True, slots=True)
class CoverChange:
    """A new cover; if both fields are None, the cover is removed."""

    mime: str | None
    data: bytes | None


class ProjectDialog(Dialog):
    """When accepted, ``changed_fields`` and ``cover`` are to be stored."""

    def __init__(self, details: ProjectDetails, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.headline.setText(words.tr("Properties of “{title}”").format(title=details.project.title))
        self.setWindowTitle(words.tr("Project properties"))
        self._before = details.project
        self.cover: CoverChange | None = None
        self.title = self._line(details.project.title)
        self.author = self._line(details.project.author)
        self.narrator = self._line(details.project.narrator)
        self.language = Choice()
        self.language.addItem(words.tr("Not said"), "")
        for tag, name in common_languages():
            self.language.addItem(name, tag)
        if (at := self.language.findData(details.project.language)) < 0:
            self.language.addItem(language_name(details.project.language), details.project.language)
            at = self.language.count() - 1
        self.language.setCurrentIndex(at)
        self.notes = QPlainTextEdit(details.project.notes)
        self.notes.setTabChangesFocus(True)
        form = QFormLayout()
        form.setHorizontalSpacing(scaled(16))
        form.setVerticalSpacing(scaled(12))
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for name, widget in (
            (words.tr("Title"), self.title),
            (words.tr("Author"), self.author),
            (words.tr("Narrator"), self.narrator),
            (words.tr("Language"), self.language),
            (words.tr("Cover"), self._cover_row(details)),
            (words.tr("Notes"), self.notes),
        ):
            label = QLabel(name)
            label.setBuddy(widget)
            widget.setAccessibleName(name)
            form.addRow(label, widget)
        self.body.addLayout(form)
        self.add_closing(words.tr("Cancel"))
        self._save = self.add_button(words.tr("Save"), primary=True)
        self._save.clicked.connect(self.accept)
        self.title.textChanged.connect(lambda text: self._save.setEnabled(bool(text.strip())))
        self.resize(scaled(520), scaled(560))

    def changed_fields(self) -> dict[str, str]:
        """Return the fields whose value was changed."""
        now = {
            "title": self.title.text().strip(),
            "author": self.author.text().strip(),
            "narrator": self.narrator.text().strip(),
            "language": str(self.language.currentData()),
            "notes": self.notes.toPlainText(),
        }
        return {name: value for name, value in now.items() if value != getattr(self._before, name)}

    def use_cover(self, path: str) -> None:
        """Use the picture in the file ``path``, scaled down; say so if it is not a picture."""
        change = small_cover(path)
        if change is None:
            self._cover_text.setText(words.tr("That file is not a picture in PNG or JPEG."))
            return
        self.cover = change
        self._show_cover(change.data)

    def _line(self, text: str) -> QLineEdit:
        line = QLineEdit(text)
        line.setMaxLength(MAX_TITLE)
        line.setCursorPosition(0)
        return line

    def _cover_row(self, details: ProjectDetails) -> QWidget:
        self._picture = QLabel()
        self._picture.setProperty("kind", "surface")
        self._picture.setFrameShape(QFrame.Shape.Box)
        self._picture.setFixedSize(scaled(96), scaled(96))
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._picture.setAccessibleName(words.tr("Cover"))
        choose = QPushButton(words.tr("Choose…"))
        choose.setAutoDefault(False)
        choose.clicked.connect(self._on_choose)
        self._remove = QPushButton(words.tr("Remove"))
        self._remove.setAutoDefault(False)
        self._remove.clicked.connect(self._on_remove)
        self._cover_text = muted(wrapped=True)
        buttons = QHBoxLayout()
        buttons.addWidget(choose)
        buttons.addWidget(self._remove)
        buttons.addStretch(1)
        side = QVBoxLayout()
        side.addLayout(buttons)
        side.addWidget(self._cover_text)
        side.addStretch(1)
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(scaled(12))
        line.addWidget(self._picture)
        line.addLayout(side, 1)
        self._show_cover(details.cover.data if details.cover else None)
        return row

    def _show_cover(self, data: bytes | None) -> None:
        picture = QPixmap()
        self._remove.setEnabled(data is not None)
        if data is None or not picture.loadFromData(data):
            self._picture.setPixmap(icons.pixmap("image", "muted", scaled(24), self.devicePixelRatioF()))
            self._cover_text.setText(words.tr("PNG or JPEG; it is made small enough by itself."))
            return
        ratio = self.devicePixelRatioF()
        fitted = picture.scaled(
            QSize(self._picture.size()) * ratio,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        fitted.setDevicePixelRatio(ratio)
        self._picture.setPixmap(fitted)
        self._cover_text.setText("")

    def _on_choose(self) -> None:
        endings = " ".join(f"*.{ending}" for endings in _COVERS.values() for ending in endings)
        path, _ = QFileDialog.getOpenFileName(
            self, words.tr("Choose a cover"), "", words.tr("Pictures ({endings})").format(endings=endings)
        )
        if path:
            self.use_cover(path)

    def _on_remove(self) -> None:
        self.cover = CoverChange(None, None)
        self._show_cover(None)


def small_cover(path: str) -> CoverChange | None:
    """Return the picture in ``path`` as at most 256 KB of PNG or JPEG; None where the file cannot be used."""
    reader = QImageReader(path)
    reader.setAutoTransform(True)
    reader.setDecideFormatFromContent(True)
    if bytes(reader.format().data()).decode("ascii", "replace").upper() not in _COVERS:
        return None
    size = reader.size()
    if size.isValid() and max(size.width(), size.height()) > _SIDES[0]:
        reader.setScaledSize(size.scaled(_SIDES[0], _SIDES[0], Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        return None
    for side in _SIDES:
        for mime, data in (("image/png", _encoded(image, "PNG", side)), ("image/jpeg", _encoded(image, "JPEG", side))):
            if 0 < len(data) <= _MOST_COVER and (mime == "image/jpeg" or image.hasAlphaChannel()):
                return CoverChange(mime, data)
    return None


def _encoded(image: QImage, kind: str, side: int) -> bytes:
    if max(image.width(), image.height()) > side:
        image = image.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    # QImage.save takes the format as bytes or as text, depending on the PySide version; QImageWriter takes bytes.
    writer = QImageWriter(buffer, QByteArray(kind.encode("ascii")))
    if kind == "JPEG":
        writer.setQuality(85)
    return bytes(data.data()) if writer.write(image) else b""
