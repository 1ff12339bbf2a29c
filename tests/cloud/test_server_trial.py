"""An address and a key are tested at once: which of the two is wrong, and how."""

from __future__ import annotations

import pytest

from audiodesk.cloud.server_trial import try_server
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.server.sign_in import field_of
from tests.cloud.pretended_servers import nobody
from tests.twin.databases import Database
from tests.twin.fault_actions import captive_portal, gateway_page, status
from tests.twin.faults import Fault
from tests.twin.tokens import Tokens
from tests.twin.twin import Twin


def _refused(url: str, key: str) -> tuple[str, str]:
    with pytest.raises(AudioDeskError) as raised:
        try_server(url, key)
    assert key.strip() == "" or key not in str(raised.value) + raised.value.details
    return raised.value.code, field_of(raised.value)


@pytest.mark.slow
def test_both_kinds_of_keys_pass(twin: Twin) -> None:
    for key in (twin.anon_key, twin.publishable_key, f' "{twin.publishable_key}" '):
        found = try_server(twin.url + "/", key)
        assert (found.address, found.key) == (twin.url, key.strip(' "'))
        assert found.options.by_email


def test_nothing_given(twin: Twin) -> None:
    assert _refused("", " ") == ("server-not-set", "address")
    assert _refused("", twin.anon_key) == ("server-half-set", "address")
    assert _refused(twin.url, " ") == ("server-half-set", "key")


def test_a_secret_key_is_refused_and_never_sent(twin: Twin) -> None:
    for key in (twin.service_key, twin.secret_key):
        assert _refused(twin.url, key) == ("service-key-refused", "key")
    assert twin.faults.log == []


def test_the_key_of_another_project(twin: Twin) -> None:
    """A publishable key says nothing about its project, so the server is asked."""
    other = Tokens("another secret " * 3)
    for key in (other.publishable(), other.anon()):
        assert _refused(twin.url, key) == ("server-key-refused", "key")


def test_an_address_where_nothing_is() -> None:
    assert _refused(f"http://127.0.0.1:{nobody()}", "sb_publishable_abc") == ("server-unreachable", "address")


def test_an_address_of_something_else(twin: Twin) -> None:
    twin.faults.add(Fault(status(200, {"hello": "world"}), path="/auth/v1/settings"))
    assert _refused(twin.url, twin.anon_key) == ("server-answer-odd", "address")
    twin.faults.add(Fault(captive_portal(), path="/auth/v1/settings"))
    assert _refused(twin.url, twin.anon_key) == ("server-page", "address")


def test_a_busy_server_is_neither_field(twin: Twin) -> None:
    twin.faults.add(Fault(gateway_page(), path="/auth/v1/settings"))
    assert _refused(twin.url, twin.anon_key) == ("server-busy", "")


def test_a_project_without_the_schema(bare_server: Database, tmp_path_factory: pytest.TempPathFactory) -> None:
    with Twin(bare_server, tmp_path_factory.mktemp("twin")) as twin:
        for key in (twin.anon_key, twin.publishable_key):
            assert _refused(twin.url, key) == ("server-schema-missing", "address")
