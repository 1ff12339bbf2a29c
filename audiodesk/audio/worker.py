"""The functions that run in the decoders' own process; each loads heavy libraries only when it is called."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable

from audiodesk.domain.audio.report import Analysis, CheckReport
from audiodesk.domain.errors import UserError
from audiodesk.domain.library.cover import CoverPicture
from audiodesk.system.platforms import limit_memory, send_standard_error_to

__all__ = ["analyse_files", "check_files", "cover_of_file", "extract_file", "prepare", "ready", "rescue_file"]


def prepare(memory_limit: int) -> None:
    """Set up the process: it ends with its parent, and gets at most ``memory_limit`` bytes beyond what it starts with.

    The limit works where the system supports it (Linux); elsewhere only time-outs protect.
    """
    threading.Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()
    # Decoders' messages about damaged files are of no use; Python's own errors still get through.
    send_standard_error_to(os.devnull, keep_own=True)
    # One core is enough for the measurements, and every thread of the mathematics library reserves memory.
    os.environ.update(dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"))
    import audiodesk.audio.check  # noqa: F401 - only this import loads numpy, soundfile and mutagen

    limit_memory(memory_limit)


def _end_with_parent() -> None:
    """End at once when the parent is gone, even in the middle of a decode."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


def ready() -> int:
    """Return the process's id; shows that it runs and that everything is loaded."""
    return os.getpid()


def check_files(files: list[tuple[str, str | None]], full: bool, ends: bool) -> list[CheckReport]:  # noqa: FBT001 - called by a pool
    """Check each (path, name); return one report for each, in the same order."""
    from audiodesk.audio.check import check

    return [check(path, name=name, full=full, ends=ends) for path, name in files]


def analyse_files(paths: list[str]) -> list[Analysis | CheckReport]:
    """Decode each file in full; the result is a report instead of an analysis where a file is not sound."""
    from audiodesk.audio.check import analyse

    return [analyse(path) for path in paths]


def cover_of_file(path: str) -> CoverPicture | UserError:
    """Return the cover made of the picture ``path``, or why there is none."""
    from audiodesk.audio.picture import cover_of  # loads Pillow, in a tenth of a second

    try:
        return cover_of(path)
    except UserError as error:
        return error.with_traceback(None)


def rescue_file(path: str, report: CheckReport, target: str) -> str | None:
    """Write the sound part of ``path`` to ``target``; return None, or the reason why that was not possible."""
    from audiodesk.audio.repair import rescue

    return _reason(lambda: rescue(path, report, target))


def extract_file(path: str, report: CheckReport, index: int, target: str) -> str | None:
    """Write one more recording of ``path`` to ``target``; return None, or the reason why that was not possible."""
    from audiodesk.audio.repair import extract

    return _reason(lambda: extract(path, report, index, target))


def _reason(write: Callable[[], None]) -> str | None:
    from audiodesk.audio.repair import RepairError

    try:
        write()
    except RepairError as error:
        return error.reason
    except MemoryError:
        return "memory"
    return None
