"""What needs no server works without one, whatever the environment says; and messages name only what is missing."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Run
from tests.twin.twin import Twin, TwinUser

pytestmark = pytest.mark.slow


@pytest.fixture
def scripted(twin: Twin, monkeypatch: pytest.MonkeyPatch) -> TwinUser:
    """A script's environment: somebody who was never on this computer."""
    user = twin.add_user("anna@example.org", "secret of a script")
    for name, value in {
        "STORAGE_BACKEND": "supabase",
        "SUPABASE_URL": twin.url,
        "SUPABASE_ANON_KEY": twin.publishable_key,
        "AUDIODESK_EMAIL": user.email,
        "AUDIODESK_PASSWORD": user.password,
    }.items():
        monkeypatch.setenv(name, value)
    return user


@pytest.mark.parametrize("kind", ["secret", "another project's", "no key", "gone"])
def test_lists_work_where_the_key_is_refused_or_nobody_answers(
    run: Run, twin: Twin, scripted: TwinUser, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    with monkeypatch.context() as local:
        local.setenv("STORAGE_BACKEND", "local")
        assert run("project", "add", "Made without an account").code == 0
    if kind == "gone":
        twin.stop()
    else:
        keys = {"secret": twin.secret_key, "another project's": "sb_publishable_" + "x" * 22 + "_" + "y" * 8}
        monkeypatch.setenv("SUPABASE_ANON_KEY", keys.get(kind, "nonsense"))
    for command in (("tree",), ("status",), ("trash",), ("recover",), ("verify",)):
        said = run(*command)
        assert said.code == 0, said
        assert "the one without an account" in said.err
        assert scripted.password not in said.err + said.out
    shown = run("tree", "--json")
    assert [one["title"] for one in shown.document["projects"]] == ["Made without an account"]
    refused = run("project", "add", "Whose?", "--json")
    assert refused.code in (2, 3), "what it writes would be missing in the person's library"
    if kind == "gone":
        twin.start()


def test_only_what_is_missing_is_named(run: Run, scripted: TwinUser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STORAGE_BACKEND")
    for command in ("account", "sync"):
        said = run(command)
        assert (said.code, said.err.splitlines()[1]) == (
            3,
            "To use a server, set what is missing: STORAGE_BACKEND=supabase",
        )
    monkeypatch.setenv("STORAGE_BACKEND", "supabase")
    monkeypatch.delenv("SUPABASE_ANON_KEY")
    for command in ("account", "usage"):
        half = run(command)
        assert half.code == 2
        assert "SUPABASE_ANON_KEY is missing" in half.err
        assert "Set both" not in half.err
    monkeypatch.delenv("SUPABASE_URL")
    assert "set what is missing: SUPABASE_URL, SUPABASE_ANON_KEY" in run("account").err
    monkeypatch.delenv("AUDIODESK_EMAIL")
    assert "audiodesk login" in run("account").err, "where nobody signs in, that is what is missing"
