"""Connects the player with the player bar and the chosen take: plays takes and whole chapters, sets the speed."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping

from PySide6.QtCore import QObject, QTimer, Signal

from audiodesk.composition import Core
from audiodesk.desktop.base.bridge import Bridge
from audiodesk.desktop.base.tasks import Task, Tasks
from audiodesk.desktop.playing.cue import Cue, read_cue
from audiodesk.desktop.playing.player import Player
from audiodesk.desktop.playing.reader_device import ReadableTake
from audiodesk.domain import words
from audiodesk.domain.errors import AudioDeskError, UserError
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.words.errors.error_words import error_action, error_sentence
from audiodesk.views.player.player_bar import PlayerBar

__all__ = ["PlaybackController"]

_TICK_MS = 33


class PlaybackController(QObject):
    """Shows in the player bar the take that is chosen or plays, and plays it; call on the main thread only.

    A take that plays stays in the bar until it pauses or ends, even if another one is chosen meanwhile.

    Signals:
        playing_changed: another take plays now (its id, or an empty text when playback stops).
        position_changed: the take in the bar is at this place (float seconds).
        said: a sentence to show that is not about the take in the bar (str).
    """

    playing_changed = Signal(str)
    position_changed = Signal(float)
    said = Signal(str)

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
        self._cue: Cue | None = None
        self._loaded_id = ""
        self._goes_on: Ref | None = None
        self._start = 0.0
        self._reading: Task | None = None
        self._will_play = False
        self._analysed: frozenset[str] = frozenset()
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._show_position)
        settings = core.program.settings
        self._volume = settings.volume
        self._gains: Mapping[str, float] = {}
        self.set_rate(settings.playback_rate)
        self._player.set_volume(self._volume)
        self._connect(bridge)

    @property
    def is_playing(self) -> bool:
        """Whether a take is playing."""
        return self._player.is_playing

    @property
    def take_id(self) -> str:
        """The id of the take in the bar; empty if there is none."""
        return self._cue.take_id if self._cue is not None else ""

    @property
    def position(self) -> float:
        """The place in the take in the bar, in seconds."""
        is_loaded = self._cue is not None and self._loaded_id == self._cue.take_id
        return self._player.position if is_loaded else self._start

    def set_gains(self, gains: Mapping[str, float]) -> None:
        """Play these takes more quietly: factors from 0 to 1 by the take's id. All others play as they are."""
        if gains != self._gains:
            self._gains = dict(gains)
            self._turn_to(self._loaded_id)

    def load_take(self, take_id: str | None) -> None:
        """Show the chosen take, ready to play (None: no take is chosen); a take that plays is not disturbed."""
        if self._player.is_playing or self._will_play or (take_id is not None and take_id == self.take_id):
            return
        if take_id is None:
            self._clear()
        else:
            self._read(take_id, plays=False)

    def give_up(self, take_ids: Collection[str]) -> None:
        """Stop and empty the bar if one of these takes is in it, because the person decided against them."""
        if self.take_id in take_ids:
            self._goes_on = None
            self._clear()

    def play_take(self, take_id: str) -> None:
        """Play this take from its start, and stop after it."""
        self._goes_on = None
        self._read(take_id, plays=True)

    def play_from(self, take_id: str, seconds: float) -> None:
        """Play this take from ``seconds`` on, and stop after it."""
        self._goes_on = None
        self._read(take_id, plays=True, start=seconds)

    def play_chapter(self, chapter: Ref | str) -> None:
        """Play the current takes of all sections in order, from the first.

        ``chapter`` is the chapter's id or a Ref: that of a section means its chapter, that of a project all of it.
        """
        self._goes_on = None
        wanted = Ref(Entity.CHAPTER, chapter) if isinstance(chapter, str) else chapter

        def whole() -> Ref:
            path = self._core.catalogue.crumbs(wanted)
            found = next((crumb for crumb in path if crumb.entity is Entity.CHAPTER), None)
            return wanted if found is None else Ref(found.entity, found.id)

        def go(ref: Ref) -> None:
            self._goes_on = ref
            self._play_first(ref, words.tr("Nothing in this chapter is recorded yet."))

        self._tasks.start(whole, "show").done(go).failed(self._on_failed)

    def set_rate(self, rate: float) -> None:
        """Play at the speed in the settings, 0.5 to 2."""
        self._player.set_rate(rate)
        self._bar.show_rate(rate)

    def toggle(self) -> None:
        """Pause if a take plays, else play the take in the bar."""
        if self._player.is_playing:
            self._player.pause()
        elif self._cue is not None and self._loaded_id == self._cue.take_id:
            self._bar.show_trouble("")
            self._player.play()
        elif self._cue is not None:
            self._open(self._cue)

    def close(self) -> None:
        """Stop, and release the file and the sound device."""
        self._timer.stop()
        self._player.close()

    def _connect(self, bridge: Bridge | None) -> None:
        bar, player = self._bar, self._player
        bar.play_pause_requested.connect(self.toggle)
        bar.seek_requested.connect(self._seek)
        bar.step_requested.connect(self._step)
        bar.previous_requested.connect(self._go_back)
        bar.next_requested.connect(self._go_on)
        bar.rate_requested.connect(self._choose_rate)
        player.playing_changed.connect(self._on_playing_changed)
        player.ended.connect(self._on_ended)
        player.failed.connect(self._on_failed)
        player.unheard.connect(self._say)
        player.device_found.connect(lambda: bar.show_trouble(""))
        if bridge is not None:
            bridge.analysis_done.connect(self._on_analysis_done)
            bridge.takes_changed.connect(self._on_takes_changed)
            bridge.tree_changed.connect(lambda _parents: self._refresh())

    def _play_first(self, ref: Ref, if_none: str = "") -> None:
        """Play the first take of ``ref``; if there is none, emit ``said`` with ``if_none``."""

        def first() -> str | None:
            rows = self._core.catalogue.playlist(ref)
            return rows[0].take.id if rows else None

        def go(take_id: str | None) -> None:
            if take_id is not None:
                self._read(take_id, plays=True)
            elif if_none:
                self._goes_on = None
                self.said.emit(if_none)

        self._tasks.start(first, "show").done(go).failed(self._on_failed)

    def _read(self, take_id: str, *, plays: bool, start: float = 0.0) -> None:
        if self._reading is not None:
            self._reading.forget()
        self._will_play = plays

        def show(cue: Cue) -> None:
            self._reading, self._will_play = None, False
            analysed, self._analysed = cue.take_id in self._analysed, frozenset()
            if plays:
                self._show(cue)
                self._start = start
                self._open(cue)
            elif not self._player.is_playing:
                self._show(cue)
            if analysed:  # the analysis may have ended after the cue was read
                self._refresh()

        self._reading = (
            self._tasks.start(lambda: read_cue(self._core, take_id), "show").done(show).failed(self._on_failed)
        )

    def _show(self, cue: Cue) -> None:
        if self._loaded_id and self._loaded_id != cue.take_id:
            self._player.unload()
            self._loaded_id = ""
        self._cue = cue
        self._start = 0.0
        self._bar.show_take(cue.title, cue.subtitle, cue.seconds, cue.overview)
        self._bar.show_neighbours(has_previous=cue.previous_id is not None, has_next=cue.next_id is not None)

    def _open(self, cue: Cue) -> None:
        """Open the audio in the background, then play it if the bar still shows the same take."""

        def play(reader: ReadableTake) -> None:
            if self._cue is None or self._cue.take_id != cue.take_id:
                reader.close()
                return
            self._bar.show_trouble("")
            self._player.load(reader, cue.seconds)
            self._loaded_id = cue.take_id
            self._turn_to(cue.take_id)
            self._player.seek(self._start)
            self._player.play()

        self._tasks.start(lambda: self._core.playback.open(cue.take_id), "show").done(play).failed(self._on_failed)

    def _turn_to(self, take_id: str) -> None:
        self._player.set_volume(self._volume * self._gains.get(take_id, 1.0))

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
            self._seek(min(max(self.position + seconds, 0.0), self._cue.seconds))

    def _go_back(self) -> None:
        if self._cue is not None and self._cue.previous_id is not None:
            self._go_to(self._cue.previous_id)

    def _go_on(self) -> None:
        if self._cue is not None and self._cue.next_id is not None:
            self._go_to(self._cue.next_id)

    def _go_to(self, take_id: str) -> None:
        self._read(take_id, plays=self._player.is_playing)

    def _choose_rate(self, rate: float) -> None:
        self.set_rate(rate)

        store = self._core.program.settings_store
        self._tasks.start(lambda: store.change(playback_rate=rate), "edit")

    def _show_position(self) -> None:
        self._bar.show_position(self._player.position)
        self.position_changed.emit(self._player.position)

    def _on_playing_changed(self, is_playing: bool) -> None:  # noqa: FBT001 - a slot
        self._bar.show_playing(is_playing=is_playing)
        if is_playing:
            self._timer.start()
        else:
            self._timer.stop()
            if self._player.has_take:
                self._show_position()
        self.playing_changed.emit(self._loaded_id if is_playing else "")

    def _on_ended(self) -> None:
        self._player.seek(0.0)
        self._bar.show_position(0.0)
        if self._goes_on is None or self._cue is None:
            return
        ref, section_id = self._goes_on, self._cue.section_id
        self._will_play = True

        def following() -> str | None:
            rows = self._core.catalogue.playlist(ref)
            order = [row.take.section_id for row in rows]
            here = order.index(section_id) + 1 if section_id in order else len(order)
            return rows[here].take.id if here < len(rows) else None

        def go(take_id: str | None) -> None:
            if take_id is None:
                self._goes_on, self._will_play = None, False
            elif self._goes_on == ref:
                self._read(take_id, plays=True)

        self._tasks.start(following, "show").done(go).failed(self._on_failed)

    def _on_failed(self, error: AudioDeskError) -> None:
        self._goes_on, self._will_play = None, False
        self._say(error)

    def _say(self, error: AudioDeskError) -> None:
        self._bar.show_trouble(" ".join(part for part in (error_sentence(error), error_action(error)) if part))

    def _on_analysis_done(self, take_ids: frozenset[str]) -> None:
        if self._reading is not None:
            self._analysed |= take_ids
        if self._cue is not None and self._cue.take_id in take_ids:
            self._refresh()

    def _on_takes_changed(self, section_ids: frozenset[str]) -> None:
        if self._cue is not None and self._cue.section_id in section_ids:
            self._refresh()

    def _refresh(self) -> None:
        """Read the take in the bar again: its title or neighbours may have changed, or it may be in the trash."""
        if self._cue is None:
            return
        take_id = self._cue.take_id

        def gather() -> Cue | None:
            with contextlib.suppress(UserError):
                if self._core.catalogue.is_live(Ref(Entity.TAKE, take_id)):
                    return read_cue(self._core, take_id)
            return None

        self._tasks.start(gather, "show").done(self._renew).failed(lambda _error: None)

    def _renew(self, cue: Cue | None) -> None:
        if cue is None:
            # Stop even a playing take: the window of an empty library has no player bar to pause it.
            self._goes_on = None
            self._clear()
            return
        if self._cue is None or cue.take_id != self._cue.take_id or cue == self._cue:
            return
        self._cue = cue
        self._bar.show_names(cue.title, cue.subtitle)
        self._bar.show_wave(cue.overview)
        self._bar.show_neighbours(has_previous=cue.previous_id is not None, has_next=cue.next_id is not None)
