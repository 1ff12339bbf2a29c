"""Files are written completely or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from audiodesk.domain.errors import OutsideError, UserError
from audiodesk.system.files import (
    file_errors,
    fsync_folder,
    make_folder,
    remove,
    rename,
    require_free,
    write_atomically,
    write_new,
)
from tests.support import code_of


def test_written_and_written_over(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "file"
    write_atomically(path, b"one")
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert [entry.name for entry in path.parent.iterdir()] == ["file"]


@pytest.mark.parametrize("step", ["fsync", "replace", "write"])
def test_a_failure_leaves_the_old_bytes_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"old")

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space")

    data: object = b"new"
    if step == "fsync":
        monkeypatch.setattr(os, "fsync", fail)
    elif step == "replace":
        monkeypatch.setattr(Path, "replace", fail)
    else:
        data = "no bytes"
    with pytest.raises((OutsideError, TypeError)):
        write_atomically(path, data)  # type: ignore[arg-type]  # that is one of the failures
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "disk-full"),
        (errno.EDQUOT, "disk-quota"),
        (errno.EROFS, "disk-read-only"),
        (errno.EACCES, "file-in-use"),  # the folder is writable
        (errno.ENOENT, "folder-missing"),
        (errno.EIO, "disk-failed"),
    ],
)
def test_troubles_have_names(tmp_path: Path, number: int, code: str) -> None:
    with pytest.raises(OutsideError) as caught, file_errors(tmp_path):
        raise OSError(number, "trouble")
    assert caught.value.code == code
    assert caught.value.params == {"path": str(tmp_path)}


def test_folders(tmp_path: Path) -> None:
    made = make_folder(tmp_path / "a" / "b", private=True)
    assert made.stat().st_mode & 0o777 == 0o700 or os.name == "nt"
    make_folder(made)
    fsync_folder(made)
    with pytest.raises(OutsideError) as caught:
        fsync_folder(tmp_path / "nowhere")
    assert caught.value.code == "folder-missing" or os.name == "nt"


def test_a_new_file_is_written_once(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    write_new(path, b"one")
    assert path.read_bytes() == b"one"
    assert path.stat().st_mode & 0o077 == 0 or os.name == "nt"
    with pytest.raises(UserError) as raised:
        write_new(path, b"two")
    assert raised.value.code == "file-exists"
    assert path.read_bytes() == b"one"
    assert [entry.name for entry in tmp_path.iterdir()] == ["list.csv"]


def test_a_new_file_does_not_follow_a_link_to_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UserError):
        write_new(path, b"one")
    assert not (tmp_path / "elsewhere").exists()


def test_a_new_file_where_there_are_no_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    write_new(tmp_path / "list.csv", b"one")
    with pytest.raises(UserError):
        write_new(tmp_path / "list.csv", b"two")
    assert (tmp_path / "list.csv").read_bytes() == b"one"
    assert [entry.name for entry in tmp_path.iterdir()] == ["list.csv"]


@pytest.mark.parametrize("step", ["fsync", "link"])
def test_a_new_file_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(os, step, fail)
    if step == "link":
        monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OutsideError) as raised:
        write_new(tmp_path / "list.csv", b"one")
    assert raised.value.code == "disk-full"
    assert list(tmp_path.iterdir()) == []


def test_a_new_file_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OutsideError) as raised:
        write_new(tmp_path / "nowhere" / "list.csv", b"one")
    assert raised.value.code == "folder-missing"


def test_the_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "nowhere", tmp_path / "nowhere" / "at all", tmp_path / "file"):
        for act in (require_free, lambda path: write_new(path, b"one")):
            with pytest.raises(OutsideError) as raised:
                act(folder / "list.csv")
            code = "not-a-folder" if folder.is_file() else "folder-missing"
            assert (raised.value.code, raised.value.params["path"]) == (code, str(folder))


def test_whether_a_new_file_can_be_made(tmp_path: Path) -> None:
    require_free(tmp_path / "list.csv")
    assert list(tmp_path.iterdir()) == []
    taken = tmp_path / "taken"
    taken.symlink_to(tmp_path / "elsewhere")
    found = [
        code_of(require_free, path)
        for path in (taken, tmp_path, tmp_path / "nowhere" / "list.csv", tmp_path / ("n" * 300))
    ]
    assert found == ["file-exists", "file-is-folder", "folder-missing", "disk-failed"]
    assert code_of(require_free, Path()) == "file-name-missing"


def test_no_new_file_in_a_folder_that_cannot_be_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert code_of(require_free, tmp_path / "list.csv") == "folder-read-only"
    (tmp_path / "file").touch()
    assert code_of(require_free, tmp_path / "file" / "list.csv") == "not-a-folder"


def test_a_folder_is_called_read_only_only_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audiodesk.system.files.can_write_in", lambda folder: folder != tmp_path)
    for path, code in ((tmp_path, "folder-read-only"), (tmp_path / "file", "folder-read-only")):
        with pytest.raises(OutsideError) as caught, file_errors(path):
            raise PermissionError(errno.EACCES, "no")
        assert caught.value.code == code


@pytest.mark.parametrize("step", ["unlink", "replace"])
def test_a_file_that_is_held_for_a_moment_is_renamed_and_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"1")
    refusals = [PermissionError(errno.EACCES, "held"), OSError(errno.EBUSY, "held")]
    real = getattr(Path, step)

    def held(self: Path, *arguments: object, **options: object) -> object:
        if refusals and self.name == "file":
            raise refusals.pop()
        return real(self, *arguments, **options)

    monkeypatch.setattr(Path, step, held)
    if step == "replace":
        rename(path, tmp_path / "other")
    assert remove(path) is (step == "unlink")
    assert refusals == []
    assert remove(tmp_path / "nothing") is False
