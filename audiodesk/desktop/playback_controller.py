"""Connects what is chosen and what the player bar asks for with the player: takes, whole chapters, speed."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from audiodesk.composition import Core
from audiodesk.desktop.bridge import Bridge
from audiodesk.desktop.player import Player
from audiodesk.desktop.reader_device import ReadableTake
from audiodesk.desktop.tasks import Task, Tasks
from audiodesk.domain.entities import Entity, TakeFile
from audiodesk.domain.error_words import error_action, error_sentence
from audiodesk.domain.errors import AudioDeskError, UserError
from audiodesk.domain.outline import Ref, TakeDetails
from audiodesk.domain.wave import overview_of
from audiodesk.domain.words import tr
from audiodesk.views.player_bar import PlayerBar

__all__ = ["PlaybackController"]

_TICK_MS = 33
_PIECES = 2000
"""As many peaks as a wide screen of high resolution shows bars."""


class _Cue(NamedTuple):
    """What was read of one take that is to be shown, and perhaps heard."""

    take_id: str
    section_id: str
    title: str
    subtitle: str
    seconds: float
    overview: bytes
    previous_id: str | None
    next_id: str | None


class PlaybackController(QObject):
    """Shows in the bar the take that is chosen or plays, and plays it; call on the main thread only.

    A take that plays stays in the bar until it is paused or ends, whatever is chosen meanwhile.

    Signals:
        playing_changed: the take that plays now (str, its id), or an empty text.
    """

    playing_changed = Signal(str)

    def __init__(
        self,
        core: Core,
        bar: PlayerBar,
        tasks: Tasks,
        bridge: Bridge | None = None,
        parent: QObject | None = None,
        *,
        player: Player | None = None,
    ) -> None:
        super().__init__(parent)
        self._core, self._bar, self._tasks = core, bar, tasks
        self._player = player or Player(self)
        self._cue: _Cue | None = None
        self._loaded_id = ""
        self._goes_on = False
        self._start = 0.0
        self._reading: Task | None = None
        self._will_play = False
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._show_position)
        settings = core.settings
        self._player.set_rate(settings.playback_rate)
        self._player.set_volume(settings.volume)
        bar.show_rate(settings.playback_rate)
        self._connect(bridge)

    @property
    def is_playing(self) -> bool:
        """Whether a take plays."""
        return self._player.is_playing

    @property
    def take_id(self) -> str:
        """The take in the bar; empty where there is none."""
        return self._cue.take_id if self._cue is not None else ""

    def cue(self, take_id: str | None) -> None:
        """Show the take that is chosen, ready to be played; what plays now is not disturbed. None: nothing is."""
        if self._player.is_playing or self._will_play or (take_id is not None and take_id == self.take_id):
            return
        if take_id is None:
            self._clear()
        else:
            self._read(take_id, plays=False)

    def play_take(self, take_id: str) -> None:
        """Play this take from its start, and no other after it."""
        self._goes_on = False
        self._read(take_id, plays=True)

    def play_section(self, section_id: str) -> None:
        """Play the section's current take; nothing where it has none."""
        self._goes_on = False
        self._play_first(Ref(Entity.SECTION, section_id))

    def play_chapter(self, chapter_id: str) -> None:
        """Play the current takes of the chapter's sections in order, from the first; a project's id is not one."""
        self._goes_on = True
        self._play_first(Ref(Entity.CHAPTER, chapter_id))

    def toggle(self) -> None:
        """Pause what plays, else play what the bar shows."""
        if self._player.is_playing:
            self._player.pause()
        elif self._cue is not None and self._loaded_id == self._cue.take_id:
            self._bar.show_trouble("")
            self._player.play()
        elif self._cue is not None:
            self._open(self._cue)

    def close(self) -> None:
        """Stop, and let go of the file and of the sound device."""
        self._timer.stop()
        self._player.close()

    def _connect(self, bridge: Bridge | None) -> None:
        bar, player = self._bar, self._player
        bar.play_pause_requested.connect(self.toggle)
        bar.seek_requested.connect(self._seek)
        bar.step_requested.connect(self._step)
        bar.previous_requested.connect(self._go_back)
        bar.next_requested.connect(self._go_on)
        bar.rate_requested.connect(self._set_rate)
        player.playing_changed.connect(self._on_playing_changed)
        player.ended.connect(self._on_ended)
        player.failed.connect(self._on_failed)
        player.device_found.connect(lambda: bar.show_trouble(""))
        if bridge is not None:
            bridge.analysis_done.connect(self._on_analysis_done)
            bridge.takes_changed.connect(self._on_takes_changed)
            bridge.tree_changed.connect(lambda _parents: self._refresh())

    def _play_first(self, ref: Ref) -> None:
        def first() -> str | None:
            rows = self._core.catalogue.playlist(ref)
            return rows[0].take.id if rows else None

        def go(take_id: str | None) -> None:
            if take_id is not None:
                self._read(take_id, plays=True)

        self._tasks.run(first, "show").done(go).failed(self._on_failed)

    def _read(self, take_id: str, *, plays: bool) -> None:
        if self._reading is not None:
            self._reading.forget()
        self._will_play = plays

        def show(cue: _Cue) -> None:
            self._reading, self._will_play = None, False
            if plays:
                self._show(cue)
                self._open(cue)
            elif not self._player.is_playing:
                self._show(cue)

        self._reading = self._tasks.run(lambda: self._gather(take_id), "show").done(show).failed(self._on_failed)

    def _show(self, cue: _Cue) -> None:
        if self._loaded_id and self._loaded_id != cue.take_id:
            self._player.unload()
            self._loaded_id = ""
        self._cue = cue
        self._start = 0.0
        self._bar.show_take(cue.title, cue.subtitle, cue.seconds, cue.overview)
        self._bar.show_neighbours(has_previous=cue.previous_id is not None, has_next=cue.next_id is not None)

    def _open(self, cue: _Cue) -> None:
        """Open the audio in the background, then play it if it is still what the bar shows."""

        def play(reader: ReadableTake) -> None:
            if self._cue is None or self._cue.take_id != cue.take_id:
                reader.close()
                return
            self._bar.show_trouble("")
            self._player.load(reader, cue.seconds)
            self._loaded_id = cue.take_id
            self._player.seek(self._start)
            self._player.play()

        self._tasks.run(lambda: self._core.playback.open(cue.take_id), "show").done(play).failed(self._on_failed)

    def _gather(self, take_id: str) -> _Cue:
        """Read what the bar shows of a take; on a thread of ``tasks``."""
        details = self._core.catalogue.take(take_id)
        section = next((crumb for crumb in details.crumbs if crumb.entity is Entity.SECTION), None)
        chapter = next((crumb for crumb in details.crumbs if crumb.entity is Entity.CHAPTER), None)
        if section is None or chapter is None:
            raise UserError("not-found", text=take_id)
        row = details.row
        count = max([row.number, *(known.number for known in self._core.catalogue.takes(section.id))])
        previous_id, next_id = self._neighbours(chapter.id, section.id)
        return _Cue(
            take_id=take_id,
            section_id=section.id,
            title=section.title,
            subtitle=tr("take {number} of {count}").format(number=row.number, count=count),
            seconds=row.file.seconds if row.file is not None else 0.0,
            overview=self._overview(details, row.file),
            previous_id=previous_id,
            next_id=next_id,
        )

    def _neighbours(self, chapter_id: str, section_id: str) -> tuple[str | None, str | None]:
        """Return the current takes of the sections before and after, of those that have one."""
        order = [node.ref.id for node in self._core.catalogue.children(Ref(Entity.CHAPTER, chapter_id))]
        if section_id not in order:
            return None, None
        here = order.index(section_id)
        current = {row.take.section_id: row.take.id for row in self._core.catalogue.playlist(chapter_id)}
        before = [current[section] for section in order[:here] if section in current]
        after = [current[section] for section in order[here + 1 :] if section in current]
        return before[-1] if before else None, after[0] if after else None

    def _overview(self, details: TakeDetails, file: TakeFile | None) -> bytes:
        if file is None:
            return b""
        if file.analysis_version == 0:
            self._core.analyser.hurry(file.id)
            return details.overview
        peaks = self._core.analyser.peaks(file)
        return overview_of(peaks, _PIECES) if peaks else details.overview

    def _clear(self) -> None:
        if self._reading is not None:
            self._reading.forget()
            self._reading = None
        self._player.unload()
        self._cue, self._loaded_id = None, ""
        self._bar.show_nothing()

    def _seek(self, seconds: float) -> None:
        if self._cue is None:
            return
        if self._loaded_id == self._cue.take_id:
            self._player.seek(seconds)
        else:
            self._start = seconds
        self._bar.show_position(seconds)

    def _step(self, seconds: float) -> None:
        if self._cue is not None:
            here = self._player.position if self._loaded_id == self._cue.take_id else self._start
            self._seek(min(max(here + seconds, 0.0), self._cue.seconds))

    def _go_back(self) -> None:
        if self._cue is not None and self._cue.previous_id is not None:
            self._go_to(self._cue.previous_id)

    def _go_on(self) -> None:
        if self._cue is not None and self._cue.next_id is not None:
            self._go_to(self._cue.next_id)

    def _go_to(self, take_id: str) -> None:
        self._read(take_id, plays=self._player.is_playing)

    def _set_rate(self, rate: float) -> None:
        self._player.set_rate(rate)
        self._bar.show_rate(rate)

        def keep() -> None:
            store = self._core.settings_store
            store.save(replace(store.load(), playback_rate=rate))

        self._tasks.run(keep, "edit")

    def _show_position(self) -> None:
        self._bar.show_position(self._player.position)

    def _on_playing_changed(self, is_playing: bool) -> None:  # noqa: FBT001 - a slot
        self._bar.show_playing(is_playing)
        if is_playing:
            self._timer.start()
        else:
            self._timer.stop()
            if self._player.has_take:
                self._show_position()
        self.playing_changed.emit(self._loaded_id if is_playing else "")

    def _on_ended(self) -> None:
        if self._goes_on and self._cue is not None and self._cue.next_id is not None:
            self._read(self._cue.next_id, plays=True)
            return
        self._goes_on = False
        self._player.seek(0.0)
        self._bar.show_position(0.0)

    def _on_failed(self, error: AudioDeskError) -> None:
        self._goes_on = self._will_play = False
        self._bar.show_trouble(" ".join(part for part in (error_sentence(error), error_action(error)) if part))

    def _on_analysis_done(self, take_ids: frozenset[str]) -> None:
        if self._cue is not None and self._cue.take_id in take_ids:
            self._refresh()

    def _on_takes_changed(self, section_ids: frozenset[str]) -> None:
        if self._cue is not None and self._cue.section_id in section_ids:
            self._refresh()

    def _refresh(self) -> None:
        """Read again what the bar shows: it may have another title, other neighbours, or be in the trash."""
        if self._cue is None:
            return
        take_id = self._cue.take_id

        def gather() -> _Cue | None:
            with contextlib.suppress(UserError):
                if self._core.catalogue.is_live(Ref(Entity.TAKE, take_id)):
                    return self._gather(take_id)
            return None

        self._tasks.run(gather, "show").done(self._renew).failed(lambda _error: None)

    def _renew(self, cue: _Cue | None) -> None:
        if cue is None:
            if not self._player.is_playing:
                self._clear()
            return
        if self._cue is None or cue.take_id != self._cue.take_id or cue == self._cue:
            return
        self._cue = cue
        self._bar.show_names(cue.title, cue.subtitle)
        self._bar.show_wave(cue.overview)
        self._bar.show_neighbours(has_previous=cue.previous_id is not None, has_next=cue.next_id is not None)
