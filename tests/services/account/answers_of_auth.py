"""Each answer of Auth to a renewal, and the moments at which it may come: one table for the help and for the tests."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.services.account.desk import Desk
from tests.twin.fault_actions import (
    Action,
    auth_refusal,
    captive_portal,
    cut,
    gateway_page,
    stall,
    status,
)
from tests.twin.faults import Fault

__all__ = ["ANSWERS", "ENDS", "MOMENTS", "TROUBLE", "Answer"]

MOMENTS = {
    "start": "at the start",
    "idle": "while idle",
    "mid-sync": "in the midst of a sync",
    "two at once": "two programs at once",
    "after a lost answer": "after a lost answer",
    "asleep": "after a day asleep",
}
"""Each moment, and the title of its column in the help."""
PutIn = Callable[[Desk, pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Answer:
    """What the next renewal meets, once. ``code`` is the error that it becomes, ``ends``: the sign-in is over."""

    code: str
    put_in: PutIn
    ends: bool = False


def _twin(action: Action) -> PutIn:
    def put_in(desk: Desk, _patch: pytest.MonkeyPatch) -> None:
        desk.twin.faults.add(Fault(action, path="/token"))

    return put_in


def _silence(desk: Desk, _patch: pytest.MonkeyPatch) -> None:
    for auth in desk.auths:
        auth._client.timeout = 0.2
    desk.twin.faults.add(Fault(stall(), path="/token"))


def _name(number: int) -> PutIn:
    """Let one look-up of a name fail."""

    def put_in(desk: Desk, patch: pytest.MonkeyPatch) -> None:
        look_up = socket.getaddrinfo
        failed: list[int] = []

        def fail_once(*arguments: object, **named: object) -> object:
            if not failed:
                failed.append(number)
                raise socket.gaierror(number, "Name or service not known")
            return look_up(*arguments, **named)  # type: ignore[arg-type]

        patch.setattr("audiodesk.cloud.wire.errors.has_route", lambda: True)
        for auth in desk.auths:  # a name is looked up only for a new connection
            auth._client._transport.close()
        patch.setattr(socket, "getaddrinfo", fail_once)

    return put_in


ENDS = {
    name: Answer(code, _twin(auth_refusal(name)), ends=True)
    for name, code in {
        "refresh_token_not_found": "sign-in-ended",
        "refresh_token_already_used": "sign-in-used",
        "session_not_found": "sign-in-one-computer",
        "session_expired": "sign-in-time-over",
        "user_banned": "sign-in-banned",
        "user_not_found": "account-deleted",
    }.items()
}
TROUBLE = {
    "captive portal": Answer("server-page", _twin(captive_portal())),
    "gateway": Answer("server-busy", _twin(gateway_page())),
    "500": Answer("server-failed", _twin(status(500, {"message": "oh"}))),
    "402": Answer("server-plan-used-up", _twin(status(402, {"message": "plan"}))),
    "540": Answer("server-paused", _twin(status(540, {"message": "paused"}))),
    "521": Answer("server-busy", _twin(status(521))),
    "522": Answer("server-busy", _twin(status(522))),
    "407": Answer("proxy-sign-in", _twin(status(407, "proxy"))),
    "401 of the gateway": Answer("server-key-refused", _twin(status(401, {"message": "Invalid API key"}))),
    "429": Answer("sign-ins-too-many", _twin(auth_refusal("over_request_rate_limit"))),
    "409": Answer("sign-in-not-possible", _twin(auth_refusal("conflict"))),
    "cut": Answer("connection-lost", _twin(cut())),
    "no answer": Answer("server-silent", _silence),
    "no such address": Answer("server-name-unknown", _name(socket.EAI_NONAME)),
    "no network": Answer("no-network", _name(socket.EAI_AGAIN)),
}
ANSWERS = ENDS | TROUBLE
