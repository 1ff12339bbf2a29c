"""A cover through the decoders' process: a picture may kill, hang or fill it without harm to this process."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from audiodesk.domain.errors import AudioDeskError, OutsideError, UserError
from audiodesk.domain.library.cover import COVER_PIXELS
from audiodesk.services.audio.checker import CheckCancelled, Checker
from tests.media.pictures import picture, png_of
from tests.services import hostile


@pytest.fixture
def _hostile(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the process of each checker do what a hostile picture would, by the file's first word."""
    from audiodesk.audio import worker

    monkeypatch.setattr(worker, "cover_of_file", hostile.cover_of_file)


@pytest.fixture
def dangerous(_hostile: None) -> Iterator[Checker]:
    """A checker with a hostile decoder, which is given up after two seconds."""
    with Checker(workers=1, seconds=2.0) as checker:
        yield checker


def _word(path: Path, word: str) -> Path:
    path.write_text(word, encoding="ascii")
    return path


def _raised(checker: Checker, path: Path) -> AudioDeskError:
    with pytest.raises(AudioDeskError) as caught:
        checker.cover(path)
    return caught.value


def test_a_cover_through_the_process(shared_checker: Checker, tmp_path: Path) -> None:
    cover = shared_checker.cover(picture(tmp_path / "a.png"))
    assert (cover.mime, cover.data[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    error = _raised(shared_checker, _word(tmp_path / "b.png", "nothing"))
    assert isinstance(error, UserError)
    assert error.code == "cover-not-an-image"
    assert _raised(shared_checker, picture(tmp_path / "c.png", kind="GIF")).params == {"kind": "GIF"}


@pytest.mark.slow
def test_no_picture_is_decoded_here(tmp_path: Path) -> None:
    script = """
        import sys
        from pathlib import Path
        from audiodesk.services.audio.checker import Checker
        if __name__ == "__main__":
            with Checker(workers=1) as checker:
                assert checker.cover(Path(sys.argv[1])).data
            assert not {"PIL", "numpy", "PySide6"} & set(sys.modules)
    """
    program = tmp_path / "program.py"
    program.write_text(textwrap.dedent(script), encoding="utf-8")
    path = picture(tmp_path / "a.png")
    subprocess.run([sys.executable, str(program), str(path)], check=True, timeout=60)


@pytest.mark.slow
@pytest.mark.parametrize(("word", "code"), [("crash", "cover-crashed"), ("hang", "cover-timeout")])
def test_a_picture_that_ends_the_process(dangerous: Checker, tmp_path: Path, word: str, code: str) -> None:
    dangerous.warm()
    error = _raised(dangerous, _word(tmp_path / "a", word))
    assert isinstance(error, OutsideError)
    assert error.code == code
    assert dangerous.cover(picture(tmp_path / "b.png")).data


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limit on memory is Linux's")
def test_a_picture_that_eats_memory(dangerous: Checker, tmp_path: Path) -> None:
    assert _raised(dangerous, _word(tmp_path / "a", "eat")).code == "cover-memory"
    assert dangerous.cover(picture(tmp_path / "b.png")).data


@pytest.mark.slow
@pytest.mark.parametrize(("depth", "colour", "pixel"), [(8, 6, 4), (16, 6, 8), (8, 2, 3), (16, 0, 2)])
def test_a_picture_at_the_limit_fits_into_the_memory(
    shared_checker: Checker, tmp_path: Path, depth: int, colour: int, pixel: int
) -> None:
    side = int(COVER_PIXELS**0.5)
    path = png_of(tmp_path / "large.png", side, side, depth, colour, bytes((1 + side * pixel) * side))
    assert shared_checker.cover(path).data


@pytest.mark.usefixtures("_hostile")
def test_cancelling_ends_it_at_once(tmp_path: Path) -> None:
    cancel = threading.Event()
    with Checker(workers=1, seconds=120.0) as checker:
        checker.warm()
        threading.Timer(0.2, cancel.set).start()
        started = time.monotonic()
        with pytest.raises(CheckCancelled):
            checker.cover(_word(tmp_path / "a", "hang"), cancel=cancel)
    assert time.monotonic() - started < 30
