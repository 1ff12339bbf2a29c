"""Any answer of a server, and any address given for it, ends in a result or in one of our own errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiodesk.cloud.calls.health import backend_health
from audiodesk.cloud.calls.procedures import Procedures
from audiodesk.cloud.calls.storage_account import StorageAccount
from audiodesk.cloud.wire.errors import outside_errors, raise_for_answer
from audiodesk.cloud.wire.refusals import quota_error
from audiodesk.cloud.wire.server_address import host_of, public_key, server_address
from audiodesk.domain.errors import AudioDeskError, OutsideError
from audiodesk.domain.server.support import FILE_FACTS
from audiodesk.domain.words.errors.error_words import error_action, error_sentence
from audiodesk.domain.words.server.support_words import problem_action, problem_sentence
from audiodesk.domain.words.server.usage_words import usage_sentence

pytestmark = pytest.mark.slow

PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
JSON = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner), max_leaves=6
)
CODES = st.sampled_from(["42501", "PGRST202", "PGRST301", "22023", "PT404", "57014", "invalid_credentials", "", "x y"])
REFUSALS = st.fixed_dictionaries({}, optional=dict.fromkeys(("code", "error_code", "msg", "message"), JSON | CODES))


@settings(max_examples=150, deadline=None)
@given(
    st.integers(200, 599),
    JSON | REFUSALS,
    st.sampled_from(["application/json", "text/html", "", "application/problem+json; charset=x"]),
    st.sampled_from(["auth", "rest"]),
    st.sampled_from(["", "7", "-1", "Mon, 01 Jun 2026 10:00:00", "never", "²", "9" * 400]),
)
def test_any_answer(status: int, body: Any, kind: str, service: str, wait: str) -> None:
    headers = [(b"Content-Type", kind.encode()), (b"Retry-After", wait.encode()), (b"Date", wait.encode())]
    request = httpx.Request("POST", f"https://example.org/{service}/v1/x")
    response = httpx.Response(status, headers=headers, content=json.dumps(body).encode(), request=request)
    error = _error_of(lambda: raise_for_answer(response, service))
    if error is None:
        assert status < 300
        return
    assert error_sentence(error)
    assert error_action(error)
    assert "{" not in error_action(error)
    assert len(error.details) <= 500


def _error_of(act: Callable[[], object]) -> AudioDeskError | None:
    try:
        act()
    except AudioDeskError as error:
        return error
    return None


class _Says:
    """A project whose procedures all say the same."""

    host = "example.org"

    def __init__(self, document: Any) -> None:
        self._document = document

    def document(self, name: str, **_: Any) -> dict[str, Any]:
        if not isinstance(self._document, dict):
            raise OutsideError("server-answer-odd", host=name)
        return self._document


def _procedures(document: Any) -> Procedures:
    return cast("Procedures", _Says(document))


USAGE = st.fixed_dictionaries(
    {
        "user": st.fixed_dictionaries({"id": st.text(), "email": JSON}),
        "plan": st.text() | JSON,
        "used": st.integers(0) | JSON,
        "allowed": st.integers(0) | JSON,
        "objects": st.integers(0, 9) | JSON,
        "projects": st.lists(st.fixed_dictionaries({"id": st.text(), "used": st.integers(), "takes": st.integers()})),
    }
)
PROBLEMS = st.fixed_dictionaries(
    {
        "problems": st.lists(
            st.fixed_dictionaries(
                {
                    "code": st.sampled_from(["stuck_upload", "over_quota", "x"]),
                    "params": st.dictionaries(st.text(max_size=8), JSON, max_size=3),
                }
            ),
            max_size=3,
        ),
        "counts": st.dictionaries(st.text(max_size=8), st.integers(0) | JSON, max_size=3),
    }
)


@settings(max_examples=80, deadline=None)
@given(JSON | USAGE)
def test_any_usage(document: Any) -> None:
    account = StorageAccount(_procedures(document))
    error = _error_of(lambda: usage_sentence(account.usage_of("anna")[1]))
    assert error is None or error.code == "server-answer-odd"


@settings(max_examples=80, deadline=None)
@given(JSON | PROBLEMS)
def test_any_problems(document: Any) -> None:
    account = StorageAccount(_procedures(document))

    def tell() -> None:
        for problem in account.problems_of("anna")[0]:
            assert problem_sentence(problem)
            assert problem_action(problem)
            json.dumps(dict(problem.params), allow_nan=False)

    error = _error_of(tell)
    assert error is None or error.code == "server-answer-odd"


@settings(max_examples=100, deadline=None)
@given(JSON)
def test_any_health(document: Any) -> None:
    with pytest.raises(OutsideError):
        backend_health(_procedures(document))


@given(st.text())
def test_any_quota_message(message: str) -> None:
    error = quota_error("quota_exceeded" + message)
    assert error is None or error.params["over"] == max(
        0, int(error.params["used"]) + int(error.params["size"]) - int(error.params["allowed"])
    )


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["", "https://", "http://", "//", "postgres://"]),
    st.text(max_size=20) | st.from_regex(r"[a-z0-9.\[\]:@/%#?-]{0,24}", fullmatch=True),
    st.sampled_from(["", ".supabase.co", ":1", "/rest/v1", ".example/é"]),
)
def test_any_address(before: str, middle: str, after: str) -> None:
    given_address = before + middle + after
    if (error := _error_of(lambda: server_address(given_address))) is not None:
        assert error_sentence(error)
        return
    address = server_address(given_address)
    assert server_address(address) == address
    assert host_of(address)
    if (error := _error_of(lambda: _host(address))) is not None:
        assert error.code == "server-address-wrong"


def _host(address: str) -> str:
    with outside_errors(host_of(address)):
        return httpx.URL(f"{address}/auth/v1/health").host


@given(st.text(max_size=30) | st.from_regex(r"eyJ[\w-]{0,9}(\.[\w=-]{0,20}){0,3}", fullmatch=True))
def test_any_key(key: str) -> None:
    error = _error_of(lambda: public_key(key, "https://example.org"))
    if error is None:
        httpx.Request("GET", "https://example.org", headers={"apikey": public_key(key, "https://example.org")})
    else:
        assert not key.startswith("eyJ") or key not in error_sentence(error)


WELL = {"plan": "free", "used": 1, "allowed": 2, "objects": 3, "projects": [], "database": None}


@pytest.mark.parametrize("value", [2**63, -1, 1.5, 1.0, True, "1", None, 10**400])
def test_numbers_beyond_all_bounds(value: Any) -> None:
    error = _error_of(StorageAccount(_procedures({**WELL, "used": value})).own_usage)
    assert error is not None
    assert error.code == "server-answer-odd"


def test_the_largest_number_of_the_database_is_read() -> None:
    assert StorageAccount(_procedures({**WELL, "used": 2**63 - 1})).own_usage().used == 2**63 - 1


def test_the_details_of_an_odd_answer_name_the_place_and_not_the_value() -> None:
    project = {"id": "7", "title": "A secret", "used": "A secret", "takes": 0}
    error = _error_of(StorageAccount(_procedures({**WELL, "projects": [project]})).own_usage)
    assert error is not None
    assert error.details == "storage_usage.projects.0.used: int_type"


def test_what_a_newer_server_adds_is_passed_over_and_null_texts_are_empty() -> None:
    usage = StorageAccount(_procedures({**WELL, "plan": None, "newer": {"deep": [1]}})).own_usage()
    assert (usage.plan, usage.used, usage.allowed, usage.objects, usage.database) == ("", 1, 2, 3, None)


@pytest.mark.parametrize("at", ["", "yesterday", "2026-01-01T00:00:00", "9999-12-31T23:59:59-01:00", 7, None])
def test_a_look_has_a_time_that_can_be_shown(at: Any) -> None:
    look = {"id": "1", "at": at, "what": "usage", "continued": False}
    error = _error_of(lambda: StorageAccount(_procedures({"looks": [look], "more": False})).looks_at_own(1))
    assert error is not None
    assert error.code == "server-answer-odd"


def test_facts_of_a_file_are_plain_and_complete() -> None:
    page = {"files": [{"size": 7, "newer": [1]}], "next": None}
    (file,) = StorageAccount(_procedures(page)).files_of("anna")
    assert tuple(file) == FILE_FACTS
    assert (file["size"], file["role"]) == (7, None)


@pytest.mark.parametrize("value", [[7], {}, float("nan"), 2**63])
def test_a_fact_that_is_not_plain_is_odd(value: Any) -> None:
    account = StorageAccount(_procedures({"files": [{"size": value}], "next": None}))
    assert _error_of(lambda: account.files_of("anna")) is not None
