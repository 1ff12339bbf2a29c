"""Window and command line on one library at the same time, and a process killed in the middle of its edits."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from audiodesk.domain.library.read_model import Ref
from tests.library_support import Desk
from tests.services.library.test_library_properties import assert_sound

_ROOT = Path(__file__).parents[3]
_WRITER = """
import pathlib, sys
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from tests.library_support import Desk
folder, name, project_id, edits = sys.argv[1:]
desk = Desk(pathlib.Path(folder), first_id=int(name) * 1_000_000)
project = Ref(Entity.PROJECT, project_id)
print("ready", flush=True)
sys.stdin.readline()
done = 0
while done != int(edits):
    chapter = desk.library.add_chapter(project.id, f"{name}.{done}")
    section = desk.library.add_section(chapter.id, "1")
    desk.add_take(section)
    desk.library.move_by([chapter], -3)
    desk.library.rename(project, f"by {name}")
    if done % 3 == 0:
        desk.library.trash([section])
        desk.library.undo()
    print(done, flush=True)
    done += 1
desk.close()
"""


def start(folder: Path, name: str, project: Ref, edits: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _WRITER, str(folder), name, project.id, str(edits)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=_ROOT)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


@pytest.mark.slow
def test_two_processes_edit_one_project_at_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    project = desk.library.add_project("Book")
    writers = [start(tmp_path, name, project, 30) for name in ("1", "2")]
    for writer in writers:
        go(writer)
    for number in range(30):  # and this process writes at the same time
        desk.library.add_chapter(project.id, f"0.{number}")
        desk.catalogue.children(project)
    for writer in writers:
        writer.communicate(timeout=60)
        assert writer.returncode == 0
    chapters = desk.catalogue.children(project, counted=True)
    expected = {f"{name}.{number}" for name in "012" for number in range(30)}
    assert {node.title for node in chapters} == expected
    assert len(chapters) == 90
    assert sum(node.takes for node in chapters) == 60
    assert_sound(desk)
    keys = [row["order_key"] for key, row in desk.snapshot().items() if key.startswith("chapter")]
    assert len(set(keys)) == len(keys), "no two of them were given one place"
    desk.close()


@pytest.mark.slow
def test_a_process_killed_in_its_edits_leaves_a_sound_library(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    project = desk.library.add_project("Book")
    chance = random.Random(7)
    for name in range(1, 7):
        writer = start(tmp_path, str(name), project, -1)
        go(writer)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(chance.random() * 0.1)  # a random moment is intended
        writer.kill()
        told = [int(line) for line in writer.communicate()[0].split()]
        titles = {node.title for node in desk.catalogue.children(project)}
        assert {f"{name}.{number}" for number in told} <= titles, "what was said to be done is there"
        assert_sound(desk)
    desk.close()
