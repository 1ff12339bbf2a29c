"""Checking files from a terminal, without a library."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from audiodesk.system.folders import folders
from tests import media
from tests.cli.conftest import Run

pytestmark = pytest.mark.slow


def test_a_sound_file(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "toll.wav"
    media.wav(path, seconds=1.5)
    said = run("check", str(path), "--json")
    assert said.code == 0
    (file,) = said.document["files"]
    assert file["path"] == str(path)
    assert (file["verdict"], file["kind"], file["size"]) == ("ok", "wav", path.stat().st_size)
    assert file["seconds"] == pytest.approx(1.5)
    assert (file["sample_rate"], file["channels"], file["bit_depth"]) == (44100, 1, 16)
    assert file["bit_rate"] is None
    assert file["findings"] == []
    assert {"cbr", "tags"} <= set(file)


def test_an_mp3_says_its_bit_rate(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "toll.mp3"
    media.mp3(path, seconds=1.5, bit_rate=192)
    (file,) = run("check", str(path), "--json").document["files"]
    assert (file["kind"], file["bit_rate"], file["cbr"]) == ("mp3", 192_000, True)


def test_an_mp3_that_was_put_together_is_measured_whole(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "both.mp3"
    path.write_bytes(media.mp3_bytes(seconds=2) + media.mp3_bytes(seconds=3, rate=22050, channels=2, bit_rate=64))
    (file,) = run("check", str(path), "--json").document["files"]
    assert (file["verdict"], file["kind"]) == ("warning", "mp3")
    assert file["seconds"] == pytest.approx(5.1, abs=0.15)
    said = {finding["code"]: finding["message"] for finding in file["findings"]}
    assert set(said) == {"format-changes", "header-short"}
    assert "from 44.1 kHz mono to 22.05 kHz stereo at 0:02" in said["format-changes"]
    assert "ends at 0:02" in said["header-short"]


def test_refused_files_are_listed_and_the_others_go_on(run: Run, tmp_path: Path) -> None:
    good, text, missing = tmp_path / "good.wav", tmp_path / "text.mp3", tmp_path / "missing.wav"
    media.wav(good, seconds=0.5)
    text.write_text("no audio at all\n" * 100, encoding="utf-8")
    said = run("check", str(text), str(missing), str(good), "--json")
    assert said.code == 1
    files = said.document["files"]
    assert [file["path"] for file in files] == [str(text), str(missing), str(good)]
    assert [file["verdict"] for file in files] == ["refused", "refused", "ok"]
    assert [finding["code"] for finding in files[0]["findings"]] == ["not-mp3-or-wav"]
    assert files[1]["findings"][0]["code"] == "unreadable"
    assert files[1]["findings"][0]["message"]
    people = run("check", str(text), str(missing), str(good))
    assert people.code == 1
    assert "refused" in people.out
    assert "3 files: 1 ok, 2 refused" in people.out


def test_what_only_a_full_decode_finds(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "silent.wav"
    media.wav(path, seconds=8, tone=0)
    (file,) = run("check", str(path), "--json").document["files"]
    assert file["verdict"] == "warning"
    assert "silence" in [finding["code"] for finding in file["findings"]]


def test_the_limit_of_the_cloud_is_said_where_a_server_is_set_up(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = media.wav(tmp_path / "long.wav", seconds=1, data_size=60_000_000, riff_size=60_000_036)
    with path.open("r+b") as file:  # a sparse file: no need to write 60 MB
        file.truncate(60_000_044)
    (file,) = run("check", str(path), "--json").document["files"]
    assert "too-large-for-cloud" not in [finding["code"] for finding in file["findings"]]
    monkeypatch.setenv("SUPABASE_URL", "https://books.example")
    (file,) = run("check", str(path), "--json").document["files"]
    assert "too-large-for-cloud" in [finding["code"] for finding in file["findings"]]


def test_no_library_is_made(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "toll.wav"
    media.wav(path, seconds=0.5)
    run("check", str(path))
    assert not folders().data.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="names of any bytes are Linux's")
def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/take-\xff\xfe\x1b[31m.wav"
    media.wav(tmp_path / "plain.wav", seconds=0.5)
    (tmp_path / "plain.wav").rename(os.fsdecode(name))
    command: list[str | bytes] = [sys.executable, "-m", "audiodesk", "check", name]
    people = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert people.returncode == 0, people.stderr
    assert b"take-\\xff\\xfe\\x1b[31m.wav" in people.stdout
    scripts = subprocess.run([*command, "--json"], capture_output=True, check=False, timeout=60)
    assert scripts.returncode == 0, scripts.stderr
    assert b'take-\\udcff\\udcfe\\u001b[31m.wav"' in scripts.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_ctrl_c_ends_with_words(tmp_path: Path) -> None:
    for number in range(40):
        media.wav(tmp_path / f"{number}.wav", seconds=30)
    checking = subprocess.Popen(
        [sys.executable, "-m", "audiodesk", "check", *map(str, sorted(tmp_path.glob("*.wav")))],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert checking.stdout is not None
    checking.stdout.readline()  # after the first verdict the check is running
    checking.send_signal(signal.SIGINT)
    out, err = checking.communicate(timeout=30)
    assert checking.returncode == 130, err
    assert "Traceback" not in err
    assert "Stopped" in err
    assert out.count("ok ") < 39
