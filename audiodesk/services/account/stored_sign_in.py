"""A sign-in as the one item of the keyring: the refresh token, and the access token while it lasts."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from audiodesk.system.logs import hide

__all__ = ["StoredSignIn"]


@dataclass(frozen=True, slots=True)
class StoredSignIn:
    """Secrets that no ``repr`` shows.

    The access token spares commands that run often a renewal each: a server lets one through every two seconds. It
    counts only in the same run of the computer (``boot``), where ``until`` can be compared.
    """

    refresh: str = field(repr=False)
    access: str = field(default="", repr=False)
    until: float = 0.0
    """Until when ``access`` is used, by ``elapsed_seconds``."""
    boot: str = ""

    @classmethod
    def from_text(cls, text: str) -> StoredSignIn:
        """Read what ``text`` wrote. Anything else is taken for a refresh token, which the server then refuses.

        From then on no log shows the secrets, whatever quotes them.
        """
        try:
            found = json.loads(text)
            refresh, access, boot = (found.get(name, "") for name in ("refresh", "access", "boot"))
            until = float(found.get("until", 0.0))
        except (ValueError, TypeError, AttributeError, RecursionError):
            hide(text)
            return cls(text)
        if not all(isinstance(value, str) for value in (refresh, access, boot)):
            hide(text)
            return cls(text)
        hide(refresh, access)
        return cls(refresh, access, until, boot)

    def text(self, longest: int | None = None) -> str:
        """Return the item's text; without the access token where that would be longer than ``longest`` characters."""
        members = {"refresh": self.refresh}
        whole = json.dumps({**members, "access": self.access, "until": round(self.until, 1), "boot": self.boot})
        fits = longest is None or len(whole) <= longest
        return whole if self.access and self.boot and fits else json.dumps(members)

    def is_fresh(self, now: float, boot: str) -> bool:
        """Tell whether the access token can still be used."""
        return bool(self.access) and bool(boot) and self.boot == boot and now < self.until
