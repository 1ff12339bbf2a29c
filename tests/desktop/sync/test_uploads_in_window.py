"""Takes that go up by themselves, as the window shows it."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from audiodesk.composition import Core
from audiodesk.domain.job import JobKind
from audiodesk.views.centre.take_model import TakeColumn
from tests.desktop.sync.conftest import Computer, Computers
from tests.desktop.window import wait
from tests.services.uploading.takes import Recorder, bytes_in_bucket
from tests.twin.faults import Fault, stall, status
from tests.twin.twin import Twin

pytestmark = [pytest.mark.slow, pytest.mark.uploads]
TUS = "/storage/v1/upload/resumable"


class Studio:
    """A computer with a window that shows a section with takes."""

    def __init__(self, qtbot: QtBot, computers: Computers, *sizes: int) -> None:
        self.recorders: list[Recorder] = []

        def fill(core: Core) -> None:
            self.recorders.append(Recorder(core))
            for size in sizes:
                self.recorders[0].add(size)

        self.computer: Computer = computers("studio", window=True, fill=fill)
        self.desk = self.computer.desk
        self.desk.reveal(self.recorders[0].section)
        self.model = self.desk.window.centre.take_model
        wait(qtbot, lambda: self.model.rowCount() == len(sizes))

    def states(self) -> set[str]:
        return {str(self.model.index(row, TakeColumn.STATE).data()) for row in range(self.model.rowCount())}

    def all_say(self, text: str) -> bool:
        return all(state.startswith(text) for state in self.states())


def test_takes_go_up_and_say_so_everywhere(qtbot: QtBot, twin: Twin, computers: Computers) -> None:
    studio = Studio(qtbot, computers, 1000, 2000, 7_000_000)
    wait(qtbot, lambda: studio.all_say("Safe"))
    account = studio.computer.core.account_id or ""
    assert sorted(bytes_in_bucket(twin, account)) == sorted(studio.recorders[0].data.values())
    wait(qtbot, lambda: studio.desk.window.status.text.startswith("All 3 takes safe"))
    wait(qtbot, lambda: not studio.desk.workbench.jobs.views())


def test_while_they_go_up_the_dock_says_how_far_and_its_button_pauses(
    qtbot: QtBot, twin: Twin, computers: Computers
) -> None:
    held = twin.faults.add(Fault(stall(), method="PATCH", path=TUS, phase="body", after_bytes=300_000))
    studio = Studio(qtbot, computers, 13_000_000)
    wait(qtbot, held.reached.is_set)
    (job,) = [job for job in studio.desk.workbench.jobs.views() if job.kind is JobKind.UPLOAD]
    assert 6_000_000 < job.progress.bytes_done < job.progress.size == 13_000_000
    wait(qtbot, lambda: studio.all_say("Uploading 48"))
    studio.desk.workbench.jobs.cancel(job.id)
    held.release()
    wait(qtbot, lambda: studio.all_say("Paused – by you"))
    act = studio.desk.window.acts.pause_uploads
    wait(qtbot, act.isChecked)
    act.trigger()
    wait(qtbot, lambda: studio.all_say("Safe"))
    assert not act.isChecked()


def test_trouble_of_the_server_is_one_calm_sentence(qtbot: QtBot, twin: Twin, computers: Computers) -> None:
    twin.faults.add(Fault(status(402, {"message": "exceed_storage_size_quota"}), path=TUS, nth="every"))
    studio = Studio(qtbot, computers, 1000, 2000, 3000)
    wait(qtbot, lambda: studio.all_say("Paused – the server's owner must act"))
    assert sum(record.path.startswith(TUS) for record in twin.faults.log) <= 4
    assert not studio.desk.window.notice.isVisible()
