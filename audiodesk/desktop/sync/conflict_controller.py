"""Shows cards in place of a section's takes while several computers recorded it, and keeps what the person chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from audiodesk.desktop.base.controller import Controller, Shared
from audiodesk.desktop.base.paced_timer import PacedTimer
from audiodesk.desktop.library.centre_controller import CentreController
from audiodesk.desktop.library.library_controller import LibraryController
from audiodesk.desktop.playing.playback_controller import PlaybackController
from audiodesk.domain.library.conflict import Conflict, equal_loudness
from audiodesk.domain.words.library.conflict_words import not_here

if TYPE_CHECKING:  # loaded with the first conflict
    from audiodesk.views.conflicts.conflict_page import ConflictPage

__all__ = ["ConflictController"]

_REST_MS = 150
"""During many changes, conflicts are read at most this often."""


class ConflictController(Controller):
    """Knows all conflicts of the library from ``start`` on; a library without an account has none.

    Signals:
        section_requested: show this section (Ref).
    """

    section_requested = Signal(object)

    def __init__(
        self, shared: Shared, centre: CentreController, edits: LibraryController, playback: PlaybackController
    ) -> None:
        super().__init__(shared)
        self._edits, self._playback, self._centre = edits, playback, centre
        self._conflicts: list[Conflict] = []
        self._page: ConflictPage | None = None
        self._awaited = ""
        self._has_started = self._is_reading = self._reads_again = False
        self._rest = PacedTimer(self, self._read, delay_ms=_REST_MS)
        for signal in (self._bridge.tree_changed, self._bridge.takes_changed, self._bridge.analysis_done):
            signal.connect(lambda _what: self._soon())
        self._bridge.changed_elsewhere.connect(self._soon)
        self._bridge.activity_changed.connect(self._soon)  # a computer may have another name
        centre.node_shown.connect(self._place)
        playback.playing_changed.connect(self._on_playing)
        playback.position_changed.connect(self._on_position)

    @property
    def page(self) -> ConflictPage | None:
        """The cards; None until there was a conflict to show."""
        return self._page

    @property
    def conflicts(self) -> list[Conflict]:
        """All conflicts, as they were last read."""
        return self._conflicts

    def start(self) -> None:
        """Begin to look for conflicts."""
        self._has_started = True
        self._read()

    def _soon(self) -> None:
        if self._has_started:
            self._rest.soon()

    def _read(self) -> None:
        if self._is_reading:
            self._reads_again = True
            return
        self._is_reading, self._reads_again = True, False
        self._rest.began()
        reading = self._tasks.start(lambda: self._core.catalogue.conflicts(), "count")
        reading.done(self._on_read).failed(self._on_failed)

    def _on_read(self, conflicts: list[Conflict]) -> None:
        self._conflicts = conflicts
        self._place()
        self._ended()

    def _on_failed(self, _error: object) -> None:
        """Keep what was known, and read again later."""
        self._is_reading = False
        self._rest.failed()
        if self._reads_again:
            self._soon()

    def _ended(self) -> None:
        self._is_reading = False
        self._rest.ended()
        if self._reads_again:
            self._soon()

    def _place(self) -> None:
        """Show the cards if the section in the centre has a conflict, else its takes."""
        centre = self._window.centre
        conflict = self._shown_conflict()
        if conflict is None:
            centre.take_stand_in_away()
            self._playback.set_gains({})
            return
        page = self._made_page()
        page.show_conflict(conflict)
        page.show_all(self._conflicts)
        centre.stand_in(page, conflict.section)
        self._match_loudness()
        self._window.update_acts()

    def _shown_conflict(self) -> Conflict | None:
        ref = self._window.centre.ref
        return next((conflict for conflict in self._conflicts if conflict.section == ref), None)

    def _made_page(self) -> ConflictPage:
        if self._page is None:
            from audiodesk.views.conflicts.conflict_page import ConflictPage

            self._page = page = ConflictPage()
            page.hear_requested.connect(self._hear)
            page.seek_requested.connect(self._play)
            page.keep_requested.connect(lambda _section, take_id: self._keep([take_id]))
            page.apply_requested.connect(lambda chosen: self._keep([take_id for _section, take_id in chosen]))
            page.loudness_matched.connect(lambda _is_on: self._match_loudness())
            page.section_requested.connect(self.section_requested)
            page.not_here.connect(lambda take: self._window.status.say(not_here(take)))
        return self._page

    def _keep(self, take_ids: list[str]) -> None:
        """Keep these takes; a take that was not kept leaves the player, and what was kept is chosen in the table."""
        if not take_ids:
            return
        shown = self._shown_conflict()
        rivals = {take.take_id for conflict in self._conflicts for take in conflict.takes}

        def show_kept(_result: object) -> None:
            self._playback.give_up(rivals.difference(take_ids))
            kept = [take.take_id for take in shown.takes if take.take_id in take_ids] if shown is not None else []
            if shown is not None and kept and self._window.centre.ref == shown.section:
                self._centre.choose_takes(kept)

        self._edits.edit(lambda: self._core.library.choose_takes(take_ids), show_kept)

    def _hear(self, take_id: str) -> None:
        """Play the take from the place where the other one is."""
        conflict = self._shown_conflict()
        is_other = conflict is not None and any(take.take_id == self._playback.take_id for take in conflict.takes)
        self._play(take_id, self._playback.position if is_other else 0.0)

    def _play(self, take_id: str, seconds: float) -> None:
        self._awaited = take_id
        if self._page is not None:
            self._page.show_heard(take_id)
        self._playback.play_from(take_id, seconds)

    def _match_loudness(self) -> None:
        conflict = self._shown_conflict()
        is_matched = self._page is not None and self._page.same_loudness.isChecked()
        self._playback.set_gains(equal_loudness(conflict.takes) if conflict is not None and is_matched else {})

    def _on_playing(self, take_id: str) -> None:
        if take_id:
            self._awaited = ""
        if self._page is not None and not self._awaited:  # the one before stops first
            self._page.show_heard(take_id)

    def _on_position(self, seconds: float) -> None:
        if self._page is not None and self._page.isVisible():
            self._page.show_position(seconds)
