"""Sentences of the question whether this computer's library is brought into an account."""

from __future__ import annotations

from audiodesk.domain import words
from audiodesk.domain.server.adoption import AdoptionQuestion, LibrarySize
from audiodesk.domain.words import formats

__all__ = ["bring_in_words", "bringing_in", "keep_apart_words", "takes_in_sections"]


def takes_in_sections(size: LibrarySize) -> str:
    """Return "214 in 94 sections", or "214"."""
    if size.sections is None:
        return formats.number(size.takes)
    return words.tr("{takes} in {count} sections", "{takes} in {count} section", size.sections).format(
        takes=formats.number(size.takes), count=formats.number(size.sections)
    )


def bring_in_words(adoption: AdoptionQuestion) -> str:
    """Return what follows from bringing it in: what the account then shows, equal titles, and what fits."""
    here, there = adoption.here, adoption.there or LibrarySize()
    books, takes = here.projects + there.projects, here.takes + there.takes
    said_books = words.tr("{count} books", "{count} book", books).format(count=formats.number(books))
    said_takes = words.tr("{count} takes", "{count} take", takes).format(count=formats.number(takes))
    shows = (
        words.tr("Your account then shows {books} with {takes}, here and on your other computers.")
        if adoption.there is not None
        else words.tr("These {books} with {takes} come to what your account holds, here and on your other computers.")
    )
    said = [
        shows.format(books=said_books, takes=said_takes),
        *_equal(adoption.equal_titles),
        *_room(adoption),
    ]
    return " ".join(said)


def keep_apart_words(adoption: AdoptionQuestion) -> str:
    """Return what follows from keeping them apart."""
    if adoption.there is None:
        opens = words.tr("Only the account's books open.")
    elif not adoption.there.projects:
        opens = words.tr("The account's library opens, which is still empty.")
    else:
        count = adoption.there.projects
        opens = words.tr("Only the account's {count} books open.", "Only the account's {count} book opens.", count)
        opens = opens.format(count=formats.number(count))
    stays = words.tr(
        "This computer's library stays as it is; the window can bring it in at any time with “Account”, “Bring in this "
        "computer's library…”."
    )
    return f"{opens} {stays}"


def bringing_in(done: int, total: int) -> str:
    """Return "Bringing in 120 of 214 takes"."""
    return words.tr("Bringing in {done} of {total} takes", "Bringing in {done} of {total} take", total).format(
        done=formats.number(done), total=formats.number(total)
    )


def _equal(titles: tuple[str, ...]) -> list[str]:
    if not titles:
        return []
    if len(titles) == 1:
        return [words.tr("“{title}” is in both and stays two books.").format(title=titles[0])]
    return [
        words.tr(
            "{count} books have equal titles in both; each stays a book of its own.",
            "{count} book has an equal title in both; each stays a book of its own.",
            len(titles),
        ).format(count=formats.number(len(titles)))
    ]


def _room(adoption: AdoptionQuestion) -> list[str]:
    """Return that the recordings go up by themselves, and what of them fits, where that is known."""
    if not adoption.here.size:
        return []
    if adoption.free is None:
        return [words.tr("The recordings go up by themselves.")]
    size = formats.size(adoption.here.size)
    if adoption.here.size <= adoption.free:
        return [words.tr("The recordings go up by themselves: all {size} fit into your plan.").format(size=size)]
    if adoption.free <= 0:
        return [words.tr("Your plan is full: the recordings, {size}, stay on this computer.").format(size=size)]
    if adoption.plan == "free":
        template = words.tr("The recordings go up by themselves: {free} of the {size} fit into the free plan.")
    else:
        template = words.tr("The recordings go up by themselves: {free} of the {size} fit into your plan.")
    return [template.format(free=formats.size(adoption.free), size=size)]
