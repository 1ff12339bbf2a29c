"""The repaired copy: it has all sound audio bit by bit, and the check finds nothing wrong with it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiodesk.audio.check import inspect
from audiodesk.audio.mpeg.xing import crc16
from audiodesk.audio.repair import RepairError, rescue
from audiodesk.audio.wave import wave_header
from audiodesk.domain.audio.findings import Code, Verdict
from audiodesk.domain.audio.report import CheckReport
from tests import media

pytestmark = pytest.mark.slow


def _repair(tmp_path: Path, data: bytes) -> tuple[CheckReport, CheckReport, Path]:
    damaged, target = tmp_path / "damaged", tmp_path / "repaired"
    damaged.write_bytes(data)
    before = inspect(str(damaged))
    assert before.rescue is not None
    rescue(str(damaged), before, str(target))
    after = inspect(str(target), full=True)
    assert damaged.read_bytes() == data
    return before, after, target


@pytest.mark.parametrize("bits", [8, 16, 24, 32])
@pytest.mark.parametrize("extensible", [False, True])
def test_a_truncated_wav_keeps_every_sample_that_is_there(tmp_path: Path, bits: int, extensible: bool) -> None:
    block = 2 * bits // 8
    data = media.wav_bytes(
        bits=bits,
        channels=2,
        extensible=extensible,
        keep=1001 * block + 1,
        before=media.chunk(b"bext", b"Who and when".ljust(603, b"\0")),
    )
    before, after, target = _repair(tmp_path, data)
    assert (after.verdict, after.all_findings) == (Verdict.OK, ())
    assert (after.frames, after.bit_depth, after.channels) == (1001, bits, 2)
    assert after.tags.comment == "Who and when"
    assert before.rescue is not None
    kept = data[before.rescue.offset : before.rescue.offset + before.rescue.size]
    assert target.read_bytes().rstrip(b"\0").endswith(kept.rstrip(b"\0"))
    assert soundfile.info(str(target)).frames == 1001


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF])
def test_an_unfinished_wav_becomes_a_finished_one(tmp_path: Path, size: int) -> None:
    whole = media.wav_bytes(seconds=3)
    before, after, target = _repair(tmp_path, media.wav_bytes(seconds=3, data_size=size, riff_size=size))
    assert before.findings[0].code is Code.UNFINISHED_HEADER
    assert (after.verdict, after.seconds) == (Verdict.OK, 3.0)
    assert target.read_bytes() == whole


@pytest.mark.parametrize(
    ("data", "frames"),
    [
        (media.wav_bytes(seconds=3)[:32] + b"\x01\0" + media.wav_bytes(seconds=3)[34:], 132300),
        (media.wav_bytes(seconds=3, bits=24, channels=2, extensible=True, data_size=1000), 132300),
        (media.wav_bytes(seconds=3, before=media.chunk(b"iXML", b"<a>odd</a>!", pad=False)), 132300),
        (media.wav_bytes(seconds=3)[:12] + media.wav_bytes(seconds=3)[36:] + media.wav_bytes(seconds=3)[12:36], 132300),
        (media.rf64_bytes(seconds=3, long_data_size=0), 132300),
        (media.wav_bytes(seconds=3, data_size=44100, riff_size=44136), 132300),
        (media.id3v2(title="Name") + media.wav_bytes(seconds=3, data_size=0xFFFFFFFF), 132300),
    ],
)
def test_the_copy_of_a_file_with_a_wrong_header_is_read_by_everybody(tmp_path: Path, data: bytes, frames: int) -> None:
    before, after, target = _repair(tmp_path, data)
    assert before.frames == frames
    assert (after.verdict, after.all_findings, after.frames) == (Verdict.OK, (), frames)
    assert after.tags == before.tags
    info = soundfile.info(str(target))
    assert (info.frames, info.samplerate, info.channels) == (frames, 44100, before.channels)


def test_an_unknown_subformat_becomes_a_known_one(tmp_path: Path) -> None:
    data = media.wav_bytes(seconds=3, bits=24, channels=2, extensible=True)
    before, after, target = _repair(tmp_path, data[:44] + bytes(range(16)) + data[60:])
    assert (before.verdict, after.verdict, after.all_findings) == (Verdict.OK, Verdict.OK, ())
    assert target.read_bytes() == data


def test_what_four_bytes_cannot_count_is_written_as_rf64(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wave_header, "_MOST", 100_000)  # the test does not need four gigabytes
    info = media.chunk(b"LIST", b"INFO" + media.chunk(b"INAM", b"Name\0"))
    data = media.wav_bytes(seconds=3, channels=2, before=info, data_size=44100 * 2, riff_size=0)
    before, after, target = _repair(tmp_path, data)
    assert target.read_bytes()[:4] == b"RF64"
    assert (after.verdict, after.all_findings, after.frames, after.tags.title) == (Verdict.OK, (), 132300, "Name")
    assert before.rescue is not None
    assert after.seconds == before.rescue.seconds == before.findings[0].params["seconds"]
    assert soundfile.info(str(target)).frames == 132300


@pytest.mark.parametrize("mode", ["cbr", "vbr"])
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", [44100, 22050])
def test_a_truncated_mp3_keeps_its_frames_and_tells_their_number(
    tmp_path: Path, mode: str, channels: int, rate: int
) -> None:
    samples = [value * at / 400_000 for at, value in enumerate(media.sine(4, rate, channels, level=0.9))]
    data = media.id3v2(4, title="Kept") + media.mp3_bytes(
        samples=samples, channels=channels, rate=rate, mode=mode, bit_rate=128
    )
    before, after, target = _repair(tmp_path, data[: len(data) * 2 // 3])
    assert (after.verdict, after.all_findings) == (Verdict.OK, ())
    assert after.tags.title == "Kept"
    assert (after.cbr, after.bit_rate) == (before.cbr, before.bit_rate)
    assert after.frames == before.frames
    assert soundfile.info(str(target)).frames == after.frames
    assert before.rescue is not None
    assert after.seconds == before.rescue.seconds
    # The same sound at the same time: the copy still states the encoder's delay.
    (tmp_path / "whole.mp3").write_bytes(data)
    whole, _ = soundfile.read(str(tmp_path / "whole.mp3"))
    part, _ = soundfile.read(str(target))
    sure = len(part) - 3000
    assert np.array_equal(whole[:sure], part[:sure])


def test_the_checksum_of_the_new_header_frame_is_as_lame_makes_it(tmp_path: Path) -> None:
    data = media.mp3_bytes(seconds=4, channels=2)
    _, _, target = _repair(tmp_path, data[: len(data) // 2])
    for frame in (data, target.read_bytes()):
        at = frame.index(b"LAME3") + 34
        assert crc16(frame[:at]) == int.from_bytes(frame[at : at + 2], "big")


def test_only_frames_are_kept_of_a_truncated_mp3_with_junk(tmp_path: Path) -> None:
    half = media.mpeg_bytes(frames=40)
    data = media.xing(200, None) + half + b"junk" * 100 + half
    _, after, target = _repair(tmp_path, data)
    assert (after.verdict, after.all_findings) == (Verdict.OK, ())
    assert after.frames == 80 * 1152
    assert b"junk" not in target.read_bytes()


def test_frames_too_small_for_a_header_frame_get_a_larger_one(tmp_path: Path) -> None:
    header = media.xing(50, None, version="2.5", rate=8000, bit_rate=64, channels=1)
    data = header + media.mpeg_bytes(frames=30, version="2.5", rate=8000, bit_rates=(8,), channels=1)
    _, after, _ = _repair(tmp_path, data)
    assert (after.verdict, after.frames, after.cbr) == (Verdict.OK, 30 * 576, True)
    assert Code.LENGTH_UNPROVEN not in [finding.code for finding in after.all_findings]


def test_a_file_that_is_no_longer_what_was_checked_is_left_alone(tmp_path: Path) -> None:
    path = media.wav(tmp_path / "a.wav", keep=1000)
    report = inspect(str(path))
    media.wav(path, keep=2000)
    with pytest.raises(RepairError) as raised:
        rescue(str(path), report, str(tmp_path / "target"))
    assert raised.value.reason == "changed"
    media.wav(path)
    with pytest.raises(RepairError) as raised:
        rescue(str(path), inspect(str(path)), str(tmp_path / "target"))
    assert raised.value.reason == "nothing"
    with pytest.raises(RepairError) as raised:
        rescue(str(tmp_path / "gone"), report, str(tmp_path / "target"))
    assert raised.value.reason == "unreadable"
    assert not (tmp_path / "target").exists()


def test_a_target_that_cannot_be_written(tmp_path: Path) -> None:
    path = media.wav(tmp_path / "a.wav", keep=1000)
    with pytest.raises(RepairError) as raised:
        rescue(str(path), inspect(str(path)), str(tmp_path / "no-folder" / "target"))
    assert raised.value.reason == "unwritable"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device here")
def test_a_full_disk(tmp_path: Path) -> None:
    path = media.wav(tmp_path / "a.wav", seconds=30, keep=2_000_000)
    with pytest.raises(RepairError) as raised:
        rescue(str(path), inspect(str(path)), "/dev/full")
    assert raised.value.reason == "disk_full"
