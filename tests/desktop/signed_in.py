"""A person who is signed in on this computer, and programs that run as processes of their own."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from audiodesk.composition import Program
from tests.twin.twin import Twin

__all__ = ["running", "sign_in_here"]


def sign_in_here(twin: Twin, password: str, address: str = "") -> Path:
    """Sign somebody in, and make a project that was not sent; return the folder of the account's library.

    ``address`` is another name for the stand-in.
    """
    user = twin.add_user("anna@example.org", password)
    with Program(face="command") as program:
        program.settings_store.change(supabase_url=address or twin.url, supabase_anon_key=twin.publishable_key)
        program.account_service.keep(program.account_service.sign_in(user.email, password))
        with program.open() as core:
            core.library.add_project("Book")
            return core.library_folder


@contextlib.contextmanager
def running(module: str, *arguments: str, cwd: Path | None = None) -> Iterator[subprocess.Popen[str]]:
    """Run a module as a process with pipes, and end it with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env=None if cwd is None else {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            assert stream is not None
            stream.close()
