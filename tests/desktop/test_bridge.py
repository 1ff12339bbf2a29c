"""Events from any thread become signals on the main thread, several combined into one."""

from __future__ import annotations

import threading
from collections import Counter

from pytestqt.qtbot import QtBot

from audiodesk.desktop.base.bridge import RULES, Bridge
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.events import (
    ActivityChanged,
    AnalysisDone,
    BroughtBack,
    Event,
    ImportCutShort,
    ImportFinished,
    ImportStarted,
    JobsChanged,
    LibraryChangedElsewhere,
    LibraryCondition,
    RecordingsFound,
    RefusalsChanged,
    SignedIn,
    SignedOut,
    SignInKept,
    SignInWaiting,
    SyncChanged,
    TakesChanged,
    TreeChanged,
    Trouble,
    UndoChanged,
    UploadsChanged,
)
from audiodesk.services.bus import Bus


def test_a_storm_of_facts_is_few_signals_with_everything_in_them(qtbot: QtBot) -> None:
    bus = Bus()
    bridge = Bridge(bus)
    trees: list[frozenset[str | None]] = []
    sections: list[frozenset[str]] = []
    threads: set[int] = set()
    bridge.tree_changed.connect(trees.append)
    bridge.takes_changed.connect(sections.append)
    bridge.refusals_changed.connect(lambda: threads.add(threading.get_ident()))

    def tell() -> None:
        for number in range(500):
            bus.publish(TreeChanged(frozenset({str(number)})))
            bus.publish(TakesChanged(frozenset({f"s{number}"})))
        bus.publish(RefusalsChanged())

    other = threading.Thread(target=tell)
    other.start()
    other.join()
    qtbot.waitUntil(lambda: bool(threads), timeout=30_000)
    assert frozenset().union(*trees) == {str(number) for number in range(500)}
    assert frozenset().union(*sections) == {f"s{number}" for number in range(500)}
    assert len(trees) < 5
    assert threads == {threading.get_ident()}


def test_after_closing_nothing_is_told(qtbot: QtBot) -> None:
    bus = Bus()
    bridge = Bridge(bus)
    bridge.close()
    with qtbot.assertNotEmitted(bridge.tree_changed, wait=100):
        bus.publish(TreeChanged(frozenset({None})))


def test_every_event_that_services_tell_reaches_the_window_by_a_signal_of_its_own(qtbot: QtBot) -> None:
    sample: dict[type[Event], Event] = {
        ActivityChanged: ActivityChanged(),
        AnalysisDone: AnalysisDone("take", "section"),
        BroughtBack: BroughtBack(("A",)),
        ImportCutShort: ImportCutShort(1),
        ImportFinished: ImportFinished("job", 1, 0, 0, 0, cancelled=False, section_ids=()),
        ImportStarted: ImportStarted("job"),
        JobsChanged: JobsChanged(),
        LibraryChangedElsewhere: LibraryChangedElsewhere(),
        LibraryCondition: LibraryCondition(None),
        RecordingsFound: RecordingsFound(1),
        RefusalsChanged: RefusalsChanged(),
        SignedIn: SignedIn("anna@example.org"),
        SignedOut: SignedOut(),
        SignInKept: SignInKept(),
        SignInWaiting: SignInWaiting(20.0),
        SyncChanged: SyncChanged(),
        TakesChanged: TakesChanged(frozenset({"s"})),
        TreeChanged: TreeChanged(frozenset({None})),
        Trouble: Trouble(AudioDeskError("import-ended")),
        UndoChanged: UndoChanged(),
        UploadsChanged: UploadsChanged(),
    }
    # By name: a dataclass with slots is created twice, and both classes are listed as subclasses.
    assert {kind.__name__ for kind in sample} == {kind.__name__ for kind in Event.__subclasses__()}
    assert {rule.event for rule in RULES} == set(sample)
    bus = Bus()
    bridge = Bridge(bus)
    told: list[tuple[str, tuple[object, ...]]] = []
    for rule in RULES:
        getattr(bridge, rule.signal).connect(lambda *given, name=rule.signal: told.append((name, given)))
    for event in [*sample.values(), *sample.values()]:
        bus.publish(event)
    bridge.deliver()
    counts = Counter(name for name, _given in told)
    one_by_one = {"import_started", "import_finished", "import_cut_short", "brought_back", "recordings_found"}
    one_by_one |= {"condition_changed", "trouble", "signed_in", "signed_out", "sign_in_kept", "sign_in_waiting"}
    assert counts == {rule.signal: 2 if rule.signal in one_by_one else 1 for rule in RULES}
    assert ("analysis_done", (frozenset({"take"}),)) in told
    assert ("undo_changed", ()) in told
    bridge.close()
