"""The sentence in the status bar: the state of the whole library, or its latest news."""

from __future__ import annotations

from collections.abc import Sequence

from audiodesk.domain import words
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.library.listings import Totals
from audiodesk.domain.library.states import DAMAGE
from audiodesk.domain.words import formats
from audiodesk.domain.words.errors.library_place_words import not_writable
from audiodesk.domain.words.library.state_words import counted_states

__all__ = ["brought_back_sentence", "status_sentence", "with_trouble"]


def status_sentence(totals: Totals) -> str:
    """Return the sentence of the status bar and ``status``: "All 214 takes safe · last: 07_Chapter-06.wav, 14:32"."""
    if totals.takes == 0:
        return words.tr("No takes yet")
    if totals.is_coming:
        takes = formats.number(totals.takes)
        return words.tr("{takes} takes so far", "{takes} take so far", totals.takes).format(takes=takes)
    said = _sound_sentence(totals)
    if not totals.last_take:
        return said
    last = words.tr("last: {file}, {time}").format(
        file=totals.last_take, time=formats.moment(totals.last_take_at, totals.counted_at)
    )
    return f"{said} · {last}"


def _sound_sentence(totals: Totals) -> str:
    """Return how many takes are safe or on this computer, and how many have missing or damaged audio."""
    states = totals.states
    takes = formats.number(totals.takes)
    others = counted_states(states._replace(counts={k: n for k, n in states.counts.items() if k[1] not in DAMAGE}))
    if states.cloud and states.safe == totals.takes:
        return words.tr("All {takes} takes safe", "{takes} take, safe", totals.takes).format(takes=takes)
    if states.goes_up:
        safe = words.tr("{safe} of {takes} takes safe", "{safe} of {takes} take safe", totals.takes)
        said = ", ".join([safe.format(safe=formats.number(states.safe), takes=takes), *others])
    elif states.unsound or others:
        said = ", ".join([words.tr("{takes} takes", "{takes} take", totals.takes).format(takes=takes), *others])
    else:
        return words.tr("{takes} takes, all on this computer", "{takes} take, on this computer", totals.takes).format(
            takes=takes
        )
    if not states.unsound:
        return said
    unsound = words.tr(
        "the audio of {count} is missing or damaged: add the recordings again",
        "the audio of {count} is missing or damaged: add the recording again",
        states.unsound,
    ).format(count=formats.number(states.unsound))
    return f"{said}; {unsound}"


def with_trouble(sentence: str, trouble: AudioDeskError | None) -> str:
    """Return the status sentence with the reason why the library cannot be written: "Read-only · 214 takes, …"."""
    if trouble is None:
        return sentence
    return " · ".join(part for part in (not_writable(trouble.code), sentence) if part)


def brought_back_sentence(titles: Sequence[str]) -> str:
    """Return the message that an edit restored something from the trash, and the rows that hold it."""
    listed = ", ".join(words.tr("“{title}”").format(title=title) for title in titles)
    return words.tr("Brought back from the trash: {titles}").format(titles=listed)
