"""Looks at another person's storage, for support staff."""

from __future__ import annotations

from collections.abc import Callable

from audiodesk.cloud.calls.storage_account import StorageAccount
from audiodesk.domain.errors import OutsideError, UserError
from audiodesk.domain.server.support import SupportReport

__all__ = ["Support"]

_LONGEST = 320
_REFUSALS = {"PT404": "person-unknown", "PT409": "person-ambiguous", "22023": "person-unknown"}


class Support:
    """Asks as the support person who is signed in. Each look leaves a record that its subject can read."""

    def __init__(self, account: StorageAccount) -> None:
        self._account = account

    def look(
        self, who: str, *, files: bool = False, progress: Callable[[int, int], None] = lambda *_: None
    ) -> SupportReport:
        """Return what there is to see of the person with this e-mail address or id.

        ``files`` asks for the list of files too; ``progress(done, all)`` is called as they come. Raises UserError
        "person-unknown" and "person-ambiguous", OutsideError "not-support" if the account is not a support account, and
        the errors of the network.
        """
        wanted = who.strip()
        if not wanted or len(wanted) > _LONGEST or not wanted.isprintable():
            raise UserError("person-unknown", text=wanted[:_LONGEST])
        try:
            person, usage, last_upload_at = self._account.usage_of(wanted)
            # From here on by id: an address may change hands while we look.
            problems, counts = self._account.problems_of(person.id)
            listed = None
            if files:
                listed = self._account.files_of(person.id, progress=lambda done: progress(done, usage.objects))
        except UserError as error:
            code = _REFUSALS.get(str(error.params.get("sqlstate", "")))
            if code is None:
                raise
            raise UserError(code, text=wanted, details=error.details) from error
        except OutsideError as error:
            if error.code != "not-allowed":
                raise
            raise OutsideError("not-support", details=error.details) from error
        return SupportReport(person, usage, last_upload_at, problems, counts, None if listed is None else tuple(listed))
