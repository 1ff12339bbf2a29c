"""The full decode in the background: its results, its limits, and what remains after it was stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from audiodesk.composition import Core, open_core
from audiodesk.domain.audio.contents import Levels
from audiodesk.domain.audio.findings import Code, Finding
from audiodesk.domain.audio.report import Analysis
from audiodesk.domain.errors import AudioDeskError, OutsideError
from audiodesk.domain.events import AnalysisDone, ImportFinished
from audiodesk.domain.job import JobKind
from audiodesk.local.rows.work import analysis_repo
from audiodesk.services.audio.analyser import Analyser
from audiodesk.services.jobs import Jobs
from tests import media
from tests.small_book import SmallBook, add_audio, small_book

pytestmark = pytest.mark.slow


class Decoder:
    """Stands for the checker: answers at once, or as ``does`` says."""

    def __init__(self) -> None:
        self.paths: list[Path] = []
        self.does: Callable[[Path, threading.Event | None], None] = lambda _path, _cancel: None

    def analyse_many(
        self, paths: Sequence[Path], *, cancel: threading.Event | None = None
    ) -> list[Analysis | AudioDeskError]:
        results: list[Analysis | AudioDeskError] = []
        for path in paths:
            try:
                results.append(self._analyse(path, cancel))
            except AudioDeskError as error:
                if cancel is not None and cancel.is_set():
                    raise
                results.append(error)
        return results

    def _analyse(self, path: Path, cancel: threading.Event | None) -> Analysis:
        self.paths.append(path)
        self.does(path, cancel)
        return Analysis(
            version=7, levels=Levels(rms_db=-20.0), findings=(Finding(Code.CLIPPING, {"count": 1, "at": 0.5}),),
            overview=b"\x10\x20", peaks=b"\x01\x02",
        )  # fmt: skip


@pytest.fixture
def core() -> Iterator[Core]:
    with open_core(face="command") as opened:
        yield opened


@pytest.fixture
def book(core: Core, tmp_path: Path) -> SmallBook:
    return small_book(core, tmp_path)


@pytest.fixture
def decoder() -> Decoder:
    return Decoder()


@pytest.fixture
def analyser(core: Core, decoder: Decoder) -> Iterator[Analyser]:
    made = Analyser(core.database, core.vault, core.peaks, decoder, core.bus)
    yield made
    made.close()


def assert_set(event: threading.Event) -> None:
    assert event.wait(10)


def attempts(core: Core) -> list[int]:
    with core.database.read() as connection:
        return [row["attempts"] for row in connection.execute("select attempts from pending_analysis")]


def test_it_finds_out_what_an_import_left_open(core: Core, tmp_path: Path) -> None:
    told: list[AnalysisDone] = []
    core.bus.subscribe(AnalysisDone, told.append)
    book = small_book(core, tmp_path)
    quiet = add_audio(core, book.sections[1], media.wav(tmp_path / "quiet.wav", seconds=7.0, tone=0))
    assert core.analyser.wait_until_idle()
    details = core.catalogue.take(quiet)
    assert details.row.file is not None
    assert Code.SILENCE in {finding.code for finding in details.row.file.findings}
    assert details.row.file.analysis_version > 0
    loud = core.catalogue.take(book.takes[0])
    assert loud.row.file is not None
    assert loud.row.file.levels is not None
    assert max(loud.overview) > 20
    fine = core.analyser.peaks(loud.row.file)
    assert fine is not None
    assert len(fine) == 2 * 200
    assert {event.take_id for event in told} == {*book.takes, quiet}
    assert attempts(core) == []


def test_results_replace_those_of_the_decode_before(core: Core, book: SmallBook, analyser: Analyser) -> None:
    analyser.wait_until_idle()
    file = core.catalogue.take(book.takes[0]).row.file
    assert file is not None
    core.database.write(lambda connection: analysis_repo.ask(connection, 1, file.id, file.sha256))
    analyser.wake()
    analyser.wait_until_idle()
    again = core.catalogue.take(book.takes[0]).row.file
    assert again is not None
    assert [finding.code for finding in again.findings] == [Code.CLIPPING]


def test_a_decode_that_fails_is_left_for_the_next_start(
    core: Core, book: SmallBook, analyser: Analyser, decoder: Decoder
) -> None:
    def fail(path: Path, _cancel: threading.Event | None) -> None:
        if path.suffix == ".wav":
            raise OutsideError("check_failed", reason="crashed")

    decoder.does = fail
    assert analyser.wait_until_idle()
    assert len(decoder.paths) == 2  # the other file was not delayed
    assert attempts(core) == [1]
    assert analyser.unfinished() == 0


def test_a_file_that_ends_the_program_is_not_tried_for_ever(core: Core, book: SmallBook) -> None:
    for _start in range(2 * analysis_repo.MAX_ATTEMPTS):
        with core.database.read() as connection:
            pending = analysis_repo.waiting(connection, 1)
        assert len(pending) == 1
        # As after a kill: the attempt is counted, and nothing else happens.
        assert core.database.write(partial(analysis_repo.claim, files=pending)) == pending
    with core.database.read() as connection:
        assert analysis_repo.waiting(connection, 1) == []
        assert analysis_repo.unfinished(connection) == 0
    assert attempts(core) == [analysis_repo.MAX_ATTEMPTS] * 2


def test_closing_stops_within_a_decode_and_takes_the_attempt_back(
    core: Core, book: SmallBook, decoder: Decoder
) -> None:
    begun = threading.Event()

    def wait(_path: Path, cancel: threading.Event | None) -> None:
        begun.set()
        assert cancel is not None
        assert cancel.wait(10)
        raise OutsideError("cancelled")

    decoder.does = wait
    analyser = Analyser(core.database, core.vault, core.peaks, decoder, core.bus)
    analyser.start()
    assert begun.wait(10)
    analyser.close()
    assert attempts(core) == [0, 0]


def test_waiting_can_be_given_up(core: Core, book: SmallBook, analyser: Analyser, decoder: Decoder) -> None:
    go = threading.Event()
    decoder.does = lambda _path, _cancel: assert_set(go)
    cancel = threading.Event()
    cancel.set()
    assert not analyser.wait_until_idle(cancel)
    go.set()
    assert analyser.wait_until_idle()
    assert attempts(core) == []


def test_what_a_person_looks_at_comes_first(core: Core, book: SmallBook, analyser: Analyser, decoder: Decoder) -> None:
    last = core.catalogue.take(book.takes[-1]).row.file
    assert last is not None
    analyser.analyse_next(last.id)
    analyser.wait_until_idle()
    assert decoder.paths[0].stem == last.sha256


def test_all_that_a_person_looked_at_comes_first_the_last_of_them_at_once(
    core: Core, book: SmallBook, analyser: Analyser, decoder: Decoder, tmp_path: Path
) -> None:
    names = [media.wav(tmp_path / f"{n}.wav", seconds=0.5 + n / 10) for n in range(6)]
    files = [core.catalogue.take(add_audio(core, book.sections[1], path)).row.file for path in names]
    hashes = [file.sha256 for file in files if file is not None]
    for file in (files[4], files[1], files[3]):
        assert file is not None
        analyser.analyse_next(file.id)
    analyser.wait_until_idle()
    assert [path.stem for path in decoder.paths[:3]] == [hashes[n] for n in (3, 1, 4)]
    assert len(decoder.paths) == len(book.takes) + len(files)


def test_peaks_that_got_lost_are_made_again(core: Core, book: SmallBook, analyser: Analyser) -> None:
    analyser.wait_until_idle()
    file = core.catalogue.take(book.takes[0]).row.file
    assert file is not None
    assert analyser.peaks(file) == b"\x01\x02"
    core.peaks.remove(file.sha256)
    assert analyser.peaks(file) is None
    analyser.wait_until_idle()
    assert analyser.peaks(file) == b"\x01\x02"


def test_a_full_disk_loses_no_attempt_and_no_file(
    core: Core, book: SmallBook, analyser: Analyser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_sha256: str, _peaks: bytes, _version: int) -> None:
        raise OutsideError("disk-full")

    with monkeypatch.context() as patch:
        patch.setattr(core.peaks, "save", full)
        assert analyser.wait_until_idle()
    assert attempts(core) == [0, 0]


def test_it_notices_a_later_import_by_itself(
    core: Core, book: SmallBook, analyser: Analyser, decoder: Decoder, tmp_path: Path
) -> None:
    analyser.wait_until_idle()
    add_audio(core, book.sections[1], media.wav(tmp_path / "reeds.wav", seconds=1.0))
    analyser.wait_until_idle()
    assert len(decoder.paths) == 3


def test_the_analysis_is_a_job_with_numbers_and_cancelling_puts_it_off(
    core: Core, book: SmallBook, decoder: Decoder, tmp_path: Path
) -> None:
    jobs = Jobs(core.bus)
    reached = threading.Event()

    def endless(_path: Path, cancel: threading.Event | None) -> None:
        assert cancel is not None
        reached.set()
        assert cancel.wait(10)
        raise OutsideError("cancelled")

    waiting = analysis_count(core)
    decoder.does = endless
    analyser = Analyser(core.database, core.vault, core.peaks, decoder, core.bus, jobs=jobs)
    analyser.start()
    try:
        assert reached.wait(10)
        (view,) = jobs.views()
        assert (view.kind, view.progress.files, view.progress.files_done) == (JobKind.ANALYSE, waiting, 0)
        jobs.cancel(view.id)
        assert analyser.wait_until_idle()
        assert jobs.views() == []
        assert analysis_count(core) == waiting, "nothing counts as tried"
        decoder.does = lambda _path, _cancel: None
        analyser.wake()
        assert analyser.wait_until_idle()
        assert analysis_count(core) == waiting, "it is put off"
        core.bus.publish(ImportFinished("", 1, 0, 0, 0, False, ()))
        assert analyser.wait_until_idle()
        assert analysis_count(core) == 0
        assert jobs.views() == []
    finally:
        analyser.close()


def analysis_count(core: Core) -> int:
    with core.database.read() as connection:
        return analysis_repo.unfinished(connection)


def test_what_an_older_version_analysed_is_done_again_behind_new_files_the_newest_first(
    core: Core, book: SmallBook, decoder: Decoder, analyser: Analyser, tmp_path: Path
) -> None:
    assert analyser.wait_until_idle()
    assert len(decoder.paths) == 2
    analyser.ask_older(7)
    assert analyser.wait_until_idle()
    assert len(decoder.paths) == 2
    analyser.close()
    by_age = [decoder.paths[1].stem, decoder.paths[0].stem]
    core.database.write(
        lambda connection: connection.execute("update take_file set created_at = 9e14 where sha256 = ?", by_age[:1])
    )
    decoder.paths.clear()
    core.database.write(lambda connection: analysis_repo.ask_older(connection, 8))
    add_audio(core, book.sections[1], media.wav(tmp_path / "reeds.wav", seconds=3, tone=880))
    with core.database.read() as connection:
        new = connection.execute("select sha256 from take_file where seconds > 2.5").fetchone()[0]
    again = Analyser(core.database, core.vault, core.peaks, decoder, core.bus)
    try:
        assert again.wait_until_idle()
    finally:
        again.close()
    assert [path.stem for path in decoder.paths] == [new, *by_age]


def test_an_import_goes_before_older_analyses_that_are_listed_already(
    core: Core, book: SmallBook, decoder: Decoder, analyser: Analyser, tmp_path: Path
) -> None:
    assert analyser.wait_until_idle()
    decoder.paths.clear()
    started, go_on = threading.Event(), threading.Event()

    def block(_path: Path, _cancel: threading.Event | None) -> None:
        started.set()
        assert go_on.wait(30)

    decoder.does = block
    core.database.write(
        lambda connection: connection.execute("update take_file set seconds = 400")  # long files are claimed one by one
    )
    analyser.ask_older(8)
    assert started.wait(30)
    add_audio(core, book.sections[1], media.wav(tmp_path / "reeds.wav", seconds=3, tone=880))
    with core.database.read() as connection:
        new = connection.execute("select sha256 from take_file where seconds < 100").fetchone()[0]
    go_on.set()
    assert analyser.wait_until_idle()
    assert [path.stem == new for path in decoder.paths] == [False, True, False]
