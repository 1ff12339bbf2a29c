"""Changes an item of the macOS keychain in place, so that a person's "Always Allow" stays with it."""

from __future__ import annotations

import ctypes
from typing import Any

__all__ = ["update_item"]


def update_item(service: str, name: str, secret: str, *, api: Any = None) -> bool:
    """Give the item a new secret; False if there is no item yet, or if it cannot be changed in place.

    ``keyring`` deletes an item and adds it again, and a new item asks the person for permission: each hour, as often as
    a sign-in is renewed. ``api`` is ``keyring.backends.macOS.api``.
    """
    if api is None:
        from keyring.backends.macOS import api as found

        api = found
    update = api._sec.SecItemUpdate  # noqa: SLF001  # the framework that keyring has loaded
    update.restype = ctypes.c_int32
    update.argtypes = (ctypes.c_void_p, ctypes.c_void_p)
    query = api.create_query(
        kSecClass=api.k_("kSecClassGenericPassword"), kSecAttrService=service, kSecAttrAccount=name
    )
    return bool(update(query, api.create_query(kSecValueData=secret)) == 0)
