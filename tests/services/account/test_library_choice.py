"""Which library opens: by the back end, the environment's sign-in, and the account that was in use last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from audiodesk.domain.server.account import KnownAccount
from audiodesk.domain.settings import Settings
from audiodesk.services.account.library_choice import choose_library
from audiodesk.system.account_store import AccountStore
from audiodesk.system.folders import Folders

ANNA = KnownAccount("a.org", "https://a.org", "k", "1", "anna@example.org", "macOS", signed_in=True)
BEN = replace(ANNA, user_id="2", email="ben@example.org")
ELSEWHERE = replace(ANNA, host="b.org", address="https://b.org")
AS_BEN = {"AUDIODESK_EMAIL": "Ben@Example.org", "AUDIODESK_PASSWORD": "x"}


@pytest.fixture
def accounts(tmp_path: Path) -> AccountStore:
    """Three accounts, Anna's in use."""
    store = AccountStore(tmp_path / "accounts.json")
    for account in (ELSEWHERE, BEN):
        store.remember(account)
    store.remember(ANNA, use=True)
    return store


def _chosen(accounts: AccountStore, environ: Mapping[str, str], back_end: str, url: str = "") -> str:
    places = Folders(Path("/c"), Path("/d"), Path("/l"))
    settings = Settings.from_mapping({"storage_backend": back_end, "supabase_url": url})
    found = choose_library(settings, environ, places, accounts)
    return found.unknown_email or found.folder.relative_to("/d").as_posix()


def test_local_opens_the_one_that_was_open_last(accounts: AccountStore) -> None:
    assert _chosen(accounts, AS_BEN, "local", "https://a.org") == "a.org/1"
    accounts.use(None)
    assert _chosen(accounts, AS_BEN, "local", "https://a.org") == "local"


def test_the_environment_s_sign_in_comes_first(accounts: AccountStore) -> None:
    assert _chosen(accounts, AS_BEN, "supabase", "https://a.org") == "a.org/2"
    assert _chosen(accounts, AS_BEN, "supabase", "https://b.org") == "Ben@Example.org", "never used there"


def test_the_account_in_use_unless_another_server_is_named(accounts: AccountStore) -> None:
    assert _chosen(accounts, {}, "supabase", "https://a.org") == "a.org/1"
    assert _chosen(accounts, {}, "supabase") == "a.org/1"
    assert _chosen(accounts, {}, "supabase", "https://b.org") == "b.org/1"
    assert _chosen(accounts, {}, "supabase", "https://c.org") == "a.org/1", "it may have moved"


def test_after_signing_out_the_library_still_opens(accounts: AccountStore) -> None:
    accounts.update(ANNA, signed_in=False, keyring="")
    assert _chosen(accounts, {}, "supabase", "https://a.org") == "a.org/1"


def test_an_unreadable_file_of_accounts_counts_as_empty(tmp_path: Path) -> None:
    path = tmp_path / "accounts.json"
    for text in ("", "[", "[]", '{"accounts": 5}', '{"accounts": [1, {"host": 3}, {"host": "a"}], "in_use": "a/1"}'):
        path.write_text(text)
        assert AccountStore(path).all() == []
        assert AccountStore(path).in_use() is None


def test_a_change_of_one_account_leaves_the_others(accounts: AccountStore) -> None:
    accounts.update(BEN, trouble="sign-in-used")
    assert [one.trouble for one in accounts.all()] == ["", "sign-in-used", ""]
    accounts.forget(ANNA)
    assert accounts.in_use() is None
    assert [one.email for one in accounts.all()] == [BEN.email, ELSEWHERE.email]
