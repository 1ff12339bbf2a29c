"""The details of one take: its data, its findings, its notes, its history, and the way back to the previous take."""

from __future__ import annotations

from pathlib import PurePath

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from audiodesk.domain import words
from audiodesk.domain.audio.findings import Code
from audiodesk.domain.library.entities import TakeFile
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.listings import TakeDetails
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.take_check import is_repaired, worst_first
from audiodesk.domain.words import formats
from audiodesk.domain.words.audio.finding_words import finding_action, finding_sentence
from audiodesk.domain.words.importing.further_words import further_done, further_verb
from audiodesk.domain.words.library.history_words import history_sentence
from audiodesk.domain.words.library.state_words import state_text
from audiodesk.domain.words.library.take_words import damage_action, damage_sentence
from audiodesk.views.centre.take_model import take_name
from audiodesk.views.details.fact_table import FactTable
from audiodesk.views.details.notes_editor import NotesEditor
from audiodesk.views.parts.audio_words import format_text, levels_text, loudness_text, quiet_text
from audiodesk.views.parts.check_look import finding_look
from audiodesk.views.parts.labels import heading, muted
from audiodesk.views.parts.notice_card import NoticeCard
from audiodesk.views.parts.theme import scaled
from audiodesk.views.parts.times import full_moment, moment, short_moment

__all__ = ["TakeDetailsView"]

_MOST_HISTORY = 12


class TakeDetailsView(QWidget):
    """Shows a ``TakeDetails``.

    Signals:
        notes_committed: the notes were changed and are to be stored (Ref, str).
        current_requested: "Make current" was pressed (take id).
        previous_requested: "Return to the previous take" was pressed (section id).
        seek_requested: the person wants to hear the place of a finding (take id, seconds).
        more_audio_requested: make takes of the further recordings in this take's file (take id).
    """

    notes_committed = Signal(object, str)
    current_requested = Signal(str)
    previous_requested = Signal(str)
    seek_requested = Signal(str, float)
    more_audio_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._details: TakeDetails | None = None
        self._cards: list[NoticeCard] = []
        self._known_further: set[str] = set()
        """Ids of takes whose further recordings are known to be takes already."""
        self._name = heading(elided=True)
        self._added = muted(wrapped=True)
        self._facts = FactTable()
        self._current = QPushButton(words.tr("Make this the current take"))
        self._current.clicked.connect(self._on_current)
        self._previous = QPushButton(words.tr("Return to the previous take"))
        self._previous.clicked.connect(self._on_previous)
        self._notes = NotesEditor(words.tr("Notes on this take"), words.tr("What to remember about this take"))
        self._notes.text_committed.connect(self._on_notes)
        self._history = FactTable()
        self._cards_box = QVBoxLayout()
        self._cards_box.setSpacing(scaled(8))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(scaled(16))
        top = QVBoxLayout()
        top.setSpacing(scaled(8))
        top.addWidget(self._name)
        top.addWidget(self._added)
        layout.addLayout(top)
        layout.addWidget(self._facts)
        layout.addLayout(self._cards_box)
        layout.addWidget(self._current)
        layout.addWidget(self._previous)
        layout.addLayout(_block(heading(words.tr("Notes")), self._notes))
        layout.addLayout(_block(heading(words.tr("History")), self._history))
        layout.addStretch(1)

    def show_details(self, details: TakeDetails) -> None:
        """Show this take; first commit notes that were being typed for another one."""
        if self._details is not None and self._details.row.take.id != details.row.take.id:
            self._notes.commit()
        self._details = details
        row = details.row
        self._name.setText(f"{take_name(row)} · {row.take.file_name}")
        self._added.setText(self._origin(details))
        self._added.setToolTip(details.source_path or "")
        self._facts.show_pairs(self._pairs(details))
        self._show_cards(details)
        self._current.setVisible(not row.is_current)
        self._previous.setVisible(row.is_current and row.take.replaces_take_id is not None)
        self._notes.show_text(row.take.notes)
        self._history.show_pairs([(short_moment(e.at), history_sentence(e)) for e in details.history[:_MOST_HISTORY]])

    def show_no_further(self, take_id: str) -> None:
        """Show that the further recordings in this take's file are takes already, whatever their titles."""
        self._known_further.add(take_id)
        if self._details is not None and self.shown_id == take_id:
            self._show_cards(self._details)

    def forget(self) -> None:
        """Commit what was typed, then show nothing."""
        self._notes.commit()
        self._details = None

    @property
    def shown_id(self) -> str:
        """The id of the take that is shown; empty if there is none."""
        return "" if self._details is None else self._details.row.take.id

    def edit_notes(self) -> None:
        """Put the focus into the notes."""
        self._notes.setFocus()

    def _origin(self, details: TakeDetails) -> str:
        added = words.tr("Added {when}").format(when=moment(details.row.take.created_at))
        if details.source_path:
            folder = PurePath(details.source_path).parent.name or details.source_path
            return f"{added}, " + words.tr("from {folder}").format(folder=folder)
        return added

    def _pairs(self, details: TakeDetails) -> list[tuple[str, str]]:
        row = details.row
        if row.file is None:
            return [
                (words.tr("State"), state_text(details.state)),
                (words.tr("Audio"), words.tr("Not on this computer yet")),
            ]
        original = row.original or row.file
        pairs = [
            (words.tr("State"), state_text(details.state)),
            (words.tr("Length"), formats.length(row.file.seconds, 3)),
            (words.tr("Format"), format_text(row.file)),
            (words.tr("Size"), formats.size(original.size)),
        ]
        if row.file.levels is not None:
            pairs.append((words.tr("Level"), levels_text(row.file.levels)))
            measured = (
                (words.tr("Loudness"), loudness_text(row.file.levels)),
                (words.tr("Quiet"), quiet_text(row.file.levels)),
            )
            pairs.extend((name, value) for name, value in measured if value)
        elif row.file.analysis_version == 0:
            pairs.append((words.tr("Level"), words.tr("Being measured")))
        if details.source_modified_at is not None:
            pairs.append((words.tr("Recorded"), full_moment(details.source_modified_at)))
        pairs.extend(self._tags(row.file))
        pairs.append((words.tr("Checksum"), _grouped(original.sha256)))
        return pairs

    def _tags(self, file: TakeFile) -> list[tuple[str, str]]:
        tags = file.tags
        named = (
            (words.tr("Title"), tags.title),
            (words.tr("Artist"), tags.artist),
            (words.tr("Album"), tags.album),
            (words.tr("Track"), tags.track),
            (words.tr("Date"), tags.date),
            (words.tr("Genre"), tags.genre),
            (words.tr("Comment"), tags.comment),
            (words.tr("Encoder"), tags.encoder),
        )
        return [(name, value if len(value) <= 300 else f"{value[:299]}…") for name, value in named if value]

    def _show_cards(self, details: TakeDetails) -> None:
        for card in self._cards:
            self._cards_box.removeWidget(card)
            card.deleteLater()
        self._cards = []
        row = details.row
        if row.file is None:
            return
        if row.facts.damage:
            self._add_card("octagon-x", damage_sentence(row.facts.damage), damage_action())
        if row.original is not None and is_repaired(row):
            self._add_card(
                "triangle-alert",
                words.tr("Repaired from a damaged file"),
                words.tr(
                    "The {kept} that are sound are what plays. The file as it was dropped is kept as well."
                ).format(kept=formats.duration(row.file.seconds)),
            )
        for finding in worst_first(row.file.findings):
            icon, _tone = finding_look(finding)
            place = finding.params.get("at")
            can_play = isinstance(place, (int, float))
            action = words.tr("Play it") if can_play else ""
            advice = finding_action(finding)
            if finding.code is Code.MORE_AUDIO:
                count = int(finding.params.get("count", 1))
                is_done = row.take.id in self._known_further or details.further_takes >= count
                action = "" if is_done else further_verb(count)
                advice = further_done(count) if is_done else advice
            card = self._add_card(icon, finding_sentence(finding), advice, action)
            if can_play:
                seconds = max(0.0, float(place or 0.0) - 2.0)
                take_id = row.take.id
                card.action_requested.connect(lambda t=take_id, s=seconds: self.seek_requested.emit(t, s))
            elif finding.code is Code.MORE_AUDIO and action:
                card.action_requested.connect(lambda t=row.take.id: self.more_audio_requested.emit(t))

    def _add_card(self, icon: str, sentence: str, text: str, action: str = "") -> NoticeCard:
        card = NoticeCard(icon, "danger" if icon == "octagon-x" else "attention", sentence, text, action)
        self._cards.append(card)
        self._cards_box.addWidget(card)
        return card

    def _on_notes(self, text: str) -> None:
        if self._details is not None:
            self.notes_committed.emit(Ref(Entity.TAKE, self._details.row.take.id), text)

    def _on_current(self) -> None:
        if self._details is not None:
            self.current_requested.emit(self._details.row.take.id)

    def allow_previous(self, *, is_allowed: bool) -> None:
        """Say whether the section has a take to return to."""
        self._previous.setEnabled(is_allowed)

    def _on_previous(self) -> None:
        if self._details is not None:
            self.previous_requested.emit(self._details.row.take.section_id)


def _block(label: QLabel, body: QWidget) -> QVBoxLayout:
    box = QVBoxLayout()
    box.setSpacing(scaled(8))
    box.addWidget(label)
    box.addWidget(body)
    return box


def _grouped(sha256: str) -> str:
    return f"{sha256[:4]} {sha256[4:8]} … {sha256[-4:]}"
