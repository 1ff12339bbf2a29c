"""Files that were not finished when they were dropped: listed, and added once they are finished."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from audiodesk.domain.audio.findings import Code
from audiodesk.domain.events import ImportFinished, ImportStarted
from audiodesk.domain.library.plan import ImportItem
from audiodesk.services.audio.checker import Checker
from audiodesk.services.importing.waiting_files import WaitingFiles
from audiodesk.system.writers import RestWatch
from tests import media
from tests.desk import Desk, must_hold, open_desk
from tests.support import wait_until

pytestmark = pytest.mark.slow

_WRITES_ON = """
import sys, pathlib
whole = pathlib.Path(sys.argv[1]).read_bytes()
with open(sys.argv[2], "wb") as file:
    file.write(whole[:20_000])
    file.flush()
    print("writing", flush=True)
    sys.stdin.readline()
    file.write(whole[20_000:])
"""


class Busy:
    """A system whose answers the test gives: these paths are being written."""

    def __init__(self) -> None:
        self.paths: set[str] = set()
        self.looks: list[str] = []
        self.rest = RestWatch(is_held=self._is_held)

    def _is_held(self, path: str) -> bool | None:
        self.looks.append(path)
        return path in self.paths


@pytest.fixture
def busy() -> Busy:
    return Busy()


@pytest.fixture
def desk(tmp_path: Path, shared_checker: Checker, busy: Busy) -> Iterator[Desk]:
    with open_desk(tmp_path / "library", shared_checker, rest=busy.rest, patience=0.2) as opened:
        yield opened


@pytest.fixture
def waiting(desk: Desk, busy: Busy) -> Iterator[WaitingFiles]:
    made = WaitingFiles(desk.importer, desk.bus, busy.rest, look_seconds=0.02)
    yield made
    made.close()


def codes(items: list[ImportItem]) -> list[str]:
    return [",".join([item.result.value, *(finding.code for finding in item.findings)]) for item in items]


def refusals(desk: Desk) -> list[tuple[str, str, bool]]:
    return [
        (refusal.name, refusal.report.findings[0].code.value, refusal.waits) for refusal in desk.importer.refusals()
    ]


def test_who_waits_for_an_import_gets_a_refusal_after_a_while(desk: Desk, busy: Busy, tmp_path: Path) -> None:
    first, second = media.wav(tmp_path / "a.wav"), media.wav(tmp_path / "b.wav", seconds=0.5)
    busy.paths.add(str(first))
    section = desk.section()
    assert codes(desk.add(section, first, second)) == ["refused,still-being-written", "added"]
    assert refusals(desk) == [("a.wav", "still-being-written", False)]
    busy.paths.clear()
    assert codes(desk.add(section, first)) == ["added"]
    assert refusals(desk) == []
    must_hold(desk.home)


def test_who_waits_gets_a_file_that_comes_to_rest(desk: Desk, busy: Busy, tmp_path: Path) -> None:
    first, second = media.wav(tmp_path / "a.wav"), media.wav(tmp_path / "b.wav", seconds=0.5)
    busy.paths.add(str(first))
    real = busy.rest.is_resting

    def rests_at_the_third_look(path: str) -> bool:
        if busy.looks.count(str(first)) == 2:
            busy.paths.clear()
        return real(path)

    busy.rest.is_resting = rests_at_the_third_look  # type: ignore[method-assign]
    assert codes(desk.add(desk.section(), first, second)) == ["added", "added"]
    assert refusals(desk) == []


def test_a_file_that_waits_holds_up_no_other_and_is_added_when_it_rests(
    desk: Desk, busy: Busy, waiting: WaitingFiles, tmp_path: Path
) -> None:
    first, second = media.wav(tmp_path / "a.wav"), media.wav(tmp_path / "b.wav", seconds=0.5)
    busy.paths.add(str(first))
    section = desk.section()
    waiting.start()
    desk.importer.start(desk.plan(section, first, second))
    wait_until(lambda: refusals(desk) == [("a.wav", "still-being-written", True)])
    wait_until(lambda: [row.take.file_name for row in desk.takes(section)] == ["b.wav"])
    busy.paths.clear()
    wait_until(lambda: len(desk.takes(section)) == 2)
    wait_until(lambda: refusals(desk) == [])
    assert desk.current(section) == "a.wav"


def test_a_later_window_goes_on_looking(desk: Desk, busy: Busy, waiting: WaitingFiles, tmp_path: Path) -> None:
    first = media.wav(tmp_path / "Book" / "1" / "a.wav")
    busy.paths.add(str(first))
    desk.importer.start(desk.plan(None, tmp_path / "Book"))
    wait_until(lambda: refusals(desk) == [("a.wav", "still-being-written", True)])
    busy.paths.clear()
    waiting.start()
    wait_until(lambda: desk.tree_rows() == [("Book", "1", "a", 1)])


def ended(desk: Desk) -> list[ImportFinished]:
    return [event for event in desk.events if isinstance(event, ImportFinished)]


def test_a_file_that_cannot_be_added_is_not_tried_at_every_look(
    desk: Desk, busy: Busy, waiting: WaitingFiles, tmp_path: Path
) -> None:
    first = media.wav(tmp_path / "a.wav")
    busy.paths.add(str(first))
    section = desk.section()
    waiting.start()
    desk.importer.start(desk.plan(section, first))
    wait_until(lambda: len(refusals(desk)) == 1)
    desk.library.trash([section])
    busy.paths.clear()
    wait_until(lambda: [event.failed for event in ended(desk)] == [0, 1])
    threading.Event().wait(0.5)
    assert len(ended(desk)) == 2
    assert refusals(desk) == [("a.wav", "not-copied", False)], "it stays said, with its reason and a way to try again"


def test_a_file_whose_import_was_cancelled_is_not_begun_again(
    desk: Desk, busy: Busy, waiting: WaitingFiles, tmp_path: Path
) -> None:
    first = media.wav(tmp_path / "a.wav")
    busy.paths.add(str(first))
    section = desk.section()

    def cancel(event: ImportStarted) -> None:
        if not busy.paths:
            desk.importer.cancel(event.job_id)

    desk.bus.subscribe(ImportStarted, cancel)
    waiting.start()
    desk.importer.start(desk.plan(section, first))
    wait_until(lambda: len(refusals(desk)) == 1)
    busy.paths.clear()
    wait_until(lambda: [event.cancelled for event in ended(desk)] == [False, True])
    threading.Event().wait(0.5)
    assert len(ended(desk)) == 2
    assert desk.takes(section) == []


def test_what_was_dismissed_is_not_added(desk: Desk, busy: Busy, waiting: WaitingFiles, tmp_path: Path) -> None:
    first = media.wav(tmp_path / "a.wav")
    busy.paths.add(str(first))
    section = desk.section()
    waiting.start()
    desk.importer.start(desk.plan(section, first))
    wait_until(lambda: len(refusals(desk)) == 1)
    desk.importer.dismiss([refusal.id for refusal in desk.importer.refusals()])
    waiting.close()
    busy.paths.clear()
    again = WaitingFiles(desk.importer, desk.bus, busy.rest, look_seconds=0.02)
    again.start()
    again.close()
    assert desk.takes(section) == []


@pytest.mark.parametrize(
    ("called", "becomes", "title"),
    [
        ("ferry.wav.part", "ferry.wav", "ferry"),
        ("Unconfirmed 4711.crdownload", "toll.wav", "toll"),
        ("x.tmp", "x.wav", "x"),
    ],
)
def test_an_unfinished_download_is_added_under_its_true_name(
    desk: Desk, waiting: WaitingFiles, tmp_path: Path, called: str, becomes: str, title: str
) -> None:
    part = media.wav(tmp_path / "Book" / "1" / called)
    media.wav(tmp_path / "Book" / "1" / "other.wav", seconds=0.5)
    waiting.start()
    desk.importer.start(desk.plan(None, tmp_path / "Book"))
    wait_until(lambda: refusals(desk) == [(called, "not-finished", True)])
    wait_until(lambda: bool(waiting._identities))
    part.rename(part.with_name(becomes))
    wait_until(lambda: len(desk.tree_rows()) == 2)
    assert {row[2] for row in desk.tree_rows()} == {"other", title}
    wait_until(lambda: refusals(desk) == [])


def test_an_unfinished_download_that_goes_away_is_forgotten(desk: Desk, waiting: WaitingFiles, tmp_path: Path) -> None:
    part = media.wav(tmp_path / "ferry.wav.part")
    waiting.start()
    desk.importer.start(desk.plan(desk.section(), part))
    wait_until(lambda: len(refusals(desk)) == 1)
    part.unlink()
    wait_until(lambda: refusals(desk) == [])


def test_an_unfinished_download_is_refused_if_no_later_import_would_add_it(desk: Desk, tmp_path: Path) -> None:
    part = media.wav(tmp_path / "Book" / "ferry.wav.part")
    (tmp_path / "Book" / "ferry.wav").touch()  # browsers reserve the name in this way
    (tmp_path / "Book" / "letter.tmp").write_text("words")
    plan = desk.plan(desk.section(), tmp_path / "Book")
    assert (plan.files, [Path(path).name for path in plan.other_files]) == ((), ["letter.tmp"])
    (item,) = desk.importer.import_files(plan)
    assert (item.path, codes([item])) == (str(part), ["refused,not-finished"])
    assert refusals(desk) == [("ferry.wav.part", "not-finished", False)]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "darwin", reason="nobody can tell there who has a file open")
def test_a_process_that_really_writes_on_is_waited_for(tmp_path: Path, shared_checker: Checker) -> None:
    whole, growing = media.wav(tmp_path / "whole.wav", seconds=1.0), tmp_path / "Drop" / "growing.wav"
    growing.parent.mkdir()
    other = media.wav(tmp_path / "Drop" / "other.wav", seconds=0.5)
    process = subprocess.Popen(
        [sys.executable, "-c", _WRITES_ON, str(whole), str(growing)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"writing\n"
    with open_desk(tmp_path / "library", shared_checker) as desk:
        section = desk.section()
        done: list[list[ImportItem]] = []
        thread = threading.Thread(target=lambda: done.append(desk.add(section, growing, other)))
        thread.start()
        wait_until(lambda: [row.take.file_name for row in desk.takes(section)] == ["other.wav"])
        wait_until(lambda: [name for name, _, _ in refusals(desk)] == ["growing.wav"])
        process.communicate(b"go\n")
        thread.join()
        assert codes(done[0]) == ["added", "added"]
        row = next(row for row in desk.takes(section) if row.take.file_name == "growing.wav")
        assert row.file is not None
        assert row.file.seconds == pytest.approx(1.0)
        assert Code.STILL_BEING_WRITTEN not in {finding.code for finding in row.file.findings}
        must_hold(desk.home)
