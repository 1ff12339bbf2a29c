"""The state of a take: one of ten, by precedence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiodesk.domain.library.states import (
    ParentState,
    StateCode,
    TakeFacts,
    TakeState,
    UploadFacts,
    add_states,
    take_state,
    upload_facts,
)

uploads = st.builds(
    UploadFacts,
    needs=st.sampled_from(["", "over_quota", "too_large"]),
    retry_reason=st.sampled_from(["", "server_busy"]),
    paused_by=st.sampled_from(["", "by_user", "offline", "metered", "signed_out"]),
    stage=st.sampled_from(["waiting", "uploading", "verifying"]),
)
facts = st.builds(
    TakeFacts,
    cloud=st.booleans(),
    conflict=st.sampled_from([0, 2, 3]),
    wanted=st.booleans(),
    here=st.booleans(),
    damage=st.sampled_from(["", "file_missing", "file_damaged"]),
    verified_at=st.sampled_from([None, 1_700_000_000_000]),
    verified_how=st.sampled_from(["", "safe", "full"]),
    copy_verified=st.booleans(),
    upload=st.none() | uploads,
)


def expected(given_facts: TakeFacts) -> StateCode:
    """The precedence as DATA says it, written once more as a list of ten."""
    upload = given_facts.upload or UploadFacts()
    active = given_facts.upload is not None
    verified = given_facts.verified_at is not None
    applies = {
        StateCode.CONFLICT: given_facts.conflict > 0,
        StateCode.NEEDS_USER: bool(given_facts.damage or upload.needs),
        StateCode.RETRY: bool(upload.retry_reason),
        StateCode.PAUSED: bool(upload.paused_by),
        StateCode.UPLOADING: active and upload.stage == "uploading",
        StateCode.VERIFYING: active and upload.stage == "verifying",
        StateCode.WAITING: (active and upload.stage == "waiting")
        or (not verified and not given_facts.copy_verified and not given_facts.here),
        StateCode.LOCAL: not verified and (given_facts.here or not given_facts.copy_verified),
        StateCode.REMOTE: not given_facts.here,
        StateCode.SAFE: verified,
    }
    return next(code for code in StateCode if applies[code])


@pytest.mark.slow
@given(facts)
def test_the_worst_that_applies_is_the_state(given_facts: TakeFacts) -> None:
    state = take_state(given_facts)
    alone = StateCode.NEEDS_USER if given_facts.damage else StateCode.LOCAL
    assert state.code is (expected(given_facts) if given_facts.cloud else alone)


@given(facts)
def test_safe_is_never_said_of_what_was_not_verified(given_facts: TakeFacts) -> None:
    state = take_state(given_facts._replace(verified_at=None))
    assert state.code is not StateCode.SAFE
    assert state.code is not StateCode.REMOTE or state.reason == "copy_only"


@pytest.mark.slow
@given(facts)
def test_without_an_account_everything_is_on_this_computer_or_damaged(given_facts: TakeFacts) -> None:
    state = take_state(given_facts._replace(cloud=False))
    damage = given_facts.damage
    assert state == (TakeState(StateCode.NEEDS_USER, damage) if damage else TakeState(StateCode.LOCAL))


def test_reasons_of_local_and_waiting() -> None:
    cloud = TakeFacts(cloud=True)
    assert take_state(cloud) == TakeState(StateCode.LOCAL)  # nobody asked for an upload yet
    assert take_state(cloud._replace(wanted=False)) == TakeState(StateCode.LOCAL, "not_uploaded_by_choice")
    assert take_state(cloud._replace(copy_verified=True)) == TakeState(StateCode.LOCAL, "copy_only")
    assert take_state(cloud._replace(here=False)) == TakeState(StateCode.WAITING, "elsewhere")
    damaged = take_state(cloud._replace(damage="file_missing"))
    assert damaged == TakeState(StateCode.NEEDS_USER, "file_missing")


def test_a_copy_alone_is_not_safe_on_a_computer_without_the_original() -> None:
    state = take_state(TakeFacts(cloud=True, here=False, copy_verified=True))
    assert state == TakeState(StateCode.REMOTE, "copy_only")
    assert ParentState({(state.code, state.reason): 1}, cloud=True).safe == 0


def test_a_retry_counts_down() -> None:
    waits = TakeFacts(cloud=True, upload=UploadFacts(retry_reason="server_busy", retry_at=20_000))
    assert take_state(waits, now=500).params == {"seconds": 20}
    assert take_state(waits, now=90_000).params == {"seconds": 0}


def test_what_the_columns_of_an_upload_mean() -> None:
    def meant(reason: str | None = None, retry_at: int | None = None, paused_by: str | None = None) -> UploadFacts:
        return upload_facts(reason=reason, retry_at=retry_at, paused_by=paused_by, is_begun=True, is_sent=False)

    assert meant() == UploadFacts(stage="uploading")
    assert meant("over_quota") == UploadFacts(needs="over_quota", stage="uploading")
    assert meant("offline", 5) == UploadFacts(retry_reason="offline", retry_at=5, stage="uploading")
    assert meant(retry_at=5).retry_reason
    assert meant(paused_by="by_user").paused_by == "by_user"


@given(st.lists(st.sampled_from(StateCode)))
def test_a_parent_is_as_bad_as_its_worst_take_and_counts_them_all(codes: list[StateCode]) -> None:
    state = add_states(ParentState({(code, ""): 1}, cloud=True) for code in codes)
    order = list(StateCode)
    assert state.code is (min(codes, key=order.index) if codes else None)
    assert state.takes == len(codes)
    assert state.safe == codes.count(StateCode.SAFE) + codes.count(StateCode.REMOTE)
    assert state.by_code == {code: codes.count(code) for code in sorted(set(codes), key=order.index)}
    assert state.cloud is bool(codes)
