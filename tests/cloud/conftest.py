"""A project as the program uses it, on the stand-in."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from audiodesk.cloud.server import Server
from audiodesk.cloud.sign_in.session import Credentials
from tests.twin.twin import Twin, TwinUser

Open = Callable[..., Server]


@pytest.fixture
def author(twin: Twin) -> TwinUser:
    """Somebody with an account."""
    return twin.add_user("anna@example.org", "päss wörd 🎙")


@pytest.fixture
def open_project(twin: Twin, author: TwinUser) -> Iterator[Open]:
    """Open the stand-in's project as the author, or as whom is given; all are closed at the end."""
    opened: list[Server] = []

    def open_one(user: TwinUser | None = author, *, password: str | None = None) -> Server:
        credentials = None if user is None else Credentials(user.email, password or user.password)
        opened.append(Server(twin.url, twin.anon_key, lambda: credentials))
        return opened[-1]

    yield open_one
    for project in opened:
        project.close()


@pytest.fixture
def project(open_project: Open) -> Server:
    """The stand-in's project as the author."""
    return open_project()
