"""Calls the server's functions of sync: push changes, pull rows, and the list of the account's computers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from audiodesk.cloud.calls.procedures import Procedures
from audiodesk.cloud.wire.errors import odd_answer
from audiodesk.domain.server.computers import Computers
from audiodesk.domain.sync.exchange import Head, Place

__all__ = ["SyncCalls"]

_PAGE = 1000
"""Rows in one answer: the server's maximum."""


class SyncCalls:
    """Each call raises what ``calls.answers.ask`` raises. Answers are checked, and returned as the server sent them."""

    def __init__(self, procedures: Procedures, *, page: int = _PAGE) -> None:
        self._procedures = procedures
        self._page = page

    @property
    def host(self) -> str:
        """The server's name."""
        return self._procedures.host

    def push(self, known: Head, changes: Sequence[Mapping[str, Any]], device: str) -> dict[str, Any]:
        """Send changes of the computer ``device``; return {seq, tag, restored, results}."""
        from audiodesk.cloud.calls.sync_answers import PushAnswer, checked

        return checked(
            PushAnswer,
            self._procedures,
            "sync_push",
            known_seq=known.seq,
            tag=known.tag,
            changes=list(changes),
            device=device,
        )

    def pull(self, known: Head, place: Place) -> dict[str, Any]:
        """Return the page of rows after ``place``: {seq, tag, restored, rows, upto}."""
        from audiodesk.cloud.calls.sync_answers import PullAnswer, checked

        return checked(
            PullAnswer,
            self._procedures,
            "sync_pull",
            known_seq=known.seq,
            tag=known.tag,
            after_seq=place.seq,
            after_id=place.row_id,
            upto=place.upto,
            limit=self._page,
        )

    def verified(self, take_file_ids: Sequence[str], how: str) -> list[dict[str, Any]]:
        """Note that files were read back, "safe" or "full", at most 200; return {result, code, message, row} of each.

        The server looks itself whether an object of the right size is there.
        """
        from audiodesk.cloud.calls.sync_answers import VerifyAnswer, checked

        answer = checked(
            VerifyAnswer, self._procedures, "verify_take_files", take_file_ids=list(take_file_ids), how=how
        )
        results: list[dict[str, Any]] = answer["results"]
        if len(results) != len(take_file_ids):
            raise odd_answer(self.host, "verify_take_files")
        return results

    def device_seen(self, device: str) -> int | None:
        """Note that this computer is here; return the server's time in milliseconds, None for an unknown device."""
        from audiodesk.cloud.calls.answers import ask
        from audiodesk.cloud.calls.sync_answers import SeenAnswer

        return ask(SeenAnswer, self._procedures, "device_seen", device=device).seen_at

    def devices(self) -> Computers:
        """Return the account's computers, the one that was here last first."""
        from audiodesk.cloud.calls.answers import ask
        from audiodesk.cloud.calls.sync_answers import DevicesAnswer

        return ask(DevicesAnswer, self._procedures, "devices").all()
