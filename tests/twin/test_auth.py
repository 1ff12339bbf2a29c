"""The Auth service answers the official client as the real one does."""

from __future__ import annotations

from typing import Any

import httpx
import jwt
import pytest
from supabase_auth.errors import AuthApiError, AuthRetryableError, AuthWeakPasswordError

from tests.twin.auth import AuthService
from tests.twin.auth_errors import ANSWERS
from tests.twin.auth_house import EMAIL, PASSWORD, House, error_of
from tests.twin.faults import Fault, auth_refusal, captive_portal, cut, expire_token, gateway_page, status
from tests.twin.tokens import Tokens

pytestmark = pytest.mark.slow


def test_a_password_gives_a_session_whose_token_says_who_it_is(house: House) -> None:
    session = house.sign_in()

    claims = jwt.decode(session.access_token, house.tokens.secret, algorithms=["HS256"], audience="authenticated")
    assert claims["sub"] == str(house.user_id)
    assert claims["email"] == EMAIL
    assert claims["role"] == "authenticated"
    assert claims["exp"] - claims["iat"] == 3600 == session.expires_in
    assert claims["exp"] == session.expires_at
    (method,) = claims["amr"]
    assert method["method"] == "password"
    assert claims["iat"] - 5 < method["timestamp"] <= claims["iat"] + 5  # two looks at the clock
    assert claims["app_metadata"] == {"provider": "email", "providers": ["email"]}
    assert session.token_type == "bearer"
    assert session.user.id == str(house.user_id)
    assert session.user.email == EMAIL
    assert session.user.last_sign_in_at is not None
    assert session.user.identities is not None
    assert session.user.identities[0].provider == "email"


def test_an_answer_names_user_and_session_in_its_headers_too(house: House) -> None:
    by_password = house.post("token?grant_type=password", {"email": EMAIL, "password": PASSWORD})
    refreshed = house.refresh(by_password.json()["refresh_token"])

    session_id = house.tokens.read(by_password.json()["access_token"])["session_id"]
    for answer in (by_password, refreshed):
        assert answer.headers["sb-auth-user-id"] == str(house.user_id)
        assert answer.headers["sb-auth-session-id"] == session_id
        assert answer.headers["content-type"] == "application/json"
    assert by_password.json()["weak_password"] is None
    assert "weak_password" not in refreshed.json()


def test_upper_and_lower_case_of_the_address_are_equal(house: House) -> None:
    answer = house.client().sign_in_with_password({"email": EMAIL.upper(), "password": PASSWORD})
    assert answer.user is not None
    assert answer.user.email == EMAIL


@pytest.mark.parametrize(("email", "password"), [(EMAIL, "wrong"), ("nobody@example.org", PASSWORD)])
def test_wrong_credentials_are_refused_alike(house: House, email: str, password: str) -> None:
    with pytest.raises(AuthApiError) as caught:
        house.client().sign_in_with_password({"email": email, "password": password})

    assert (caught.value.status, caught.value.code) == (400, "invalid_credentials")
    assert caught.value.message == "Invalid login credentials"


def test_who_never_confirmed_the_address_is_refused(house: House) -> None:
    house.change("update auth.users set email_confirmed_at = null")
    with pytest.raises(AuthApiError) as caught:
        house.client().sign_in_with_password({"email": EMAIL, "password": PASSWORD})
    assert (caught.value.status, caught.value.code) == (400, "email_not_confirmed")


def test_a_banned_person_is_shut_out_of_everything(house: House) -> None:
    session = house.sign_in()
    house.change("update auth.users set banned_until = now() + interval '1 day'")

    by_password = house.post("token?grant_type=password", {"email": EMAIL, "password": PASSWORD})
    assert error_of(by_password) == (400, "user_banned", "User is banned")
    assert error_of(house.refresh(session.refresh_token)) == (400, "user_banned", "Invalid Refresh Token: User Banned")
    assert error_of(house.get_user(session.access_token)) == (403, "user_banned", "User is banned")
    house.service.clock.move(90_000)
    assert house.refresh(session.refresh_token).status_code == 200


def test_old_and_new_clients_get_the_error_in_their_own_shape(house: House) -> None:
    wrong = {"email": EMAIL, "password": "wrong"}
    old = house.post("token?grant_type=password", wrong)
    new = house.post("token?grant_type=password", wrong, **{"X-Supabase-Api-Version": "2024-01-01"})

    assert old.json() == {"code": 400, "error_code": "invalid_credentials", "msg": "Invalid login credentials"}
    assert "X-Supabase-Api-Version" not in old.headers
    assert new.json() == {"code": "invalid_credentials", "message": "Invalid login credentials"}
    assert new.headers["X-Supabase-Api-Version"] == "2024-01-01"
    assert old.headers["x-sb-error-code"] == new.headers["x-sb-error-code"] == "invalid_credentials"


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'"text"', b'{"email": 5}', b"\xff"])
def test_a_body_that_is_no_object_of_the_right_fields_is_refused(house: House, body: bytes) -> None:
    answer = house.http.post(f"{house.url}/token?grant_type=password", content=body, headers=house.headers)
    assert error_of(answer)[:2] == (400, "bad_json")


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("token?grant_type=password", {}, "validation_failed"),
        ("token?grant_type=password", {"email": "a@b.c", "phone": "1"}, "validation_failed"),
        ("token?grant_type=magic", {}, "invalid_credentials"),
        ("token", {}, "invalid_credentials"),
        ("otp", {}, "validation_failed"),
        ("otp", {"email": "no address"}, "validation_failed"),
        ("verify", {"token": "123456", "email": EMAIL}, "validation_failed"),
        ("verify", {"type": "email", "email": EMAIL}, "validation_failed"),
        ("verify", {"type": "email", "token": "123456"}, "validation_failed"),
    ],
)
def test_what_is_missing_is_named(house: House, path: str, body: dict[str, str], code: str) -> None:
    assert error_of(house.post(path, body))[:2] == (400, code)


def test_every_refusal_can_be_planned(house: House) -> None:
    plan = house.server.faults
    for code, (status_code, message) in ANSWERS.items():
        planned = plan.add(Fault(auth_refusal(code), path="/token"))
        expected = 400 if code == "user_banned" else status_code
        assert error_of(house.refresh("a-token-of-any-kind")) == (expected, code, message)
        plan.remove(planned)
    plan.add(Fault(auth_refusal("user_banned"), path="/user"))
    assert error_of(house.get_user("any"))[:2] == (403, "user_banned")
    plan.add(Fault(auth_refusal("otp_expired", "in other words"), path="/verify"))
    new = house.post("verify", {}, **{"X-Supabase-Api-Version": "2024-01-01"})
    assert (new.status_code, new.json()) == (403, {"code": "otp_expired", "message": "in other words"})
    with pytest.raises(KeyError):
        auth_refusal("no such code")


def test_a_restarted_service_still_knows_the_session(house: House) -> None:
    session = house.sign_in()
    house.server.stop()
    house.service = AuthService(house.database, house.tokens)
    house.server.start()
    assert house.refresh(session.refresh_token).status_code == 200


def test_the_user_is_told_to_its_owner_alone(house: House) -> None:
    session = house.sign_in()
    user = house.client().get_user(session.access_token)
    assert user is not None
    assert user.user.id == str(house.user_id)

    no_token = (401, "no_authorization", "This endpoint requires a Bearer token")
    assert error_of(house.get_user(None)) == no_token
    assert error_of(house.get_user("garbage"))[:2] == (403, "bad_jwt")
    assert error_of(house.get_user(Tokens("x" * 32).user(house.user_id)))[:2] == (403, "bad_jwt")
    assert error_of(house.get_user(house.tokens.anon())) == (403, "bad_jwt", "invalid claim: missing sub claim")
    assert error_of(house.get_user(house.tokens.user("no-uuid")))[:2] == (400, "bad_jwt")
    stranger = house.tokens.user("11111111-1111-4111-8111-111111111111")
    assert error_of(house.get_user(stranger))[:2] == (403, "user_not_found")
    assert house.get_user(house.tokens.user(house.user_id)).status_code == 200
    house.service.clock.move(3600)
    assert error_of(house.get_user(session.access_token)) == (
        403,
        "bad_jwt",
        "invalid JWT: unable to parse or verify signature, token has invalid claims: token is expired",
    )


def test_a_new_password_signs_the_other_sessions_out(house: House) -> None:
    mine, other = house.sign_in(), house.sign_in()
    bearer = {"Authorization": f"Bearer {mine.access_token}"}

    def put(body: dict[str, Any]) -> httpx.Response:
        return house.http.put(f"{house.url}/user", json=body, headers=house.headers | bearer)

    assert error_of(put({"password": PASSWORD}))[:2] == (422, "same_password")
    assert put({"password": "short"}).json()["weak_password"] == {"reasons": ["length"]}
    assert error_of(put({"app_metadata": {"role": "support"}}))[:2] == (403, "not_admin")
    changed = put({"password": "another password", "data": {"name": "A"}}).json()

    assert changed["user_metadata"] == {"name": "A"}
    assert put({"data": {"name": None}}).json()["user_metadata"] == {}
    assert house.get_user(mine.access_token).status_code == 200
    assert error_of(house.get_user(other.access_token))[:2] == (403, "session_not_found")
    with pytest.raises(AuthApiError):
        house.sign_in()


def test_a_weak_password_reaches_the_official_client(house: House) -> None:
    client = house.client()
    client.sign_in_with_password({"email": EMAIL, "password": PASSWORD})
    with pytest.raises(AuthWeakPasswordError):
        client.update_user({"password": "short"})


@pytest.mark.parametrize(
    ("scope", "mine", "other"), [("local", 403, 200), ("others", 200, 403), ("global", 403, 403), ("", 403, 403)]
)
def test_signing_out_ends_what_its_scope_names(house: House, scope: str, mine: int, other: int) -> None:
    here, there = house.sign_in(), house.sign_in()
    bearer = {"Authorization": f"Bearer {here.access_token}"}
    answer = house.http.post(f"{house.url}/logout?scope={scope}", headers=house.headers | bearer)

    assert (answer.status_code, answer.content) == (204, b"")
    assert "content-length" not in answer.headers
    assert house.get_user(here.access_token).status_code == mine
    assert house.get_user(there.access_token).status_code == other
    refreshed = house.refresh(here.refresh_token)
    assert refreshed.status_code == (200 if mine == 200 else 400)
    if mine == 403:
        assert error_of(refreshed)[1] == "refresh_token_not_found"
        assert error_of(house.get_user(here.access_token))[1] == "session_not_found"


def test_the_official_client_signs_out_and_cannot_come_back(house: House) -> None:
    client, other = house.client(), house.sign_in()
    session = client.sign_in_with_password({"email": EMAIL, "password": PASSWORD}).session
    assert session is not None

    client.sign_out({"scope": "local"})

    with pytest.raises(AuthApiError) as caught:
        house.client().set_session(session.access_token, session.refresh_token)
    assert (caught.value.status, caught.value.code) == (403, "session_not_found")
    kept = house.client().set_session(other.access_token, other.refresh_token)
    assert kept.user is not None
    assert kept.user.id == str(house.user_id)


def test_an_unknown_scope_is_refused(house: House) -> None:
    bearer = {"Authorization": f"Bearer {house.sign_in().access_token}"}
    answer = house.http.post(f"{house.url}/logout?scope=all", headers=house.headers | bearer)
    assert error_of(answer)[:2] == (400, "validation_failed")


def test_settings_and_what_is_not_there(house: House) -> None:
    settings = house.http.get(f"{house.url}/settings", headers=house.headers).json()
    assert settings["external"]["email"] is True
    assert settings["external"]["google"] is False
    assert (settings["disable_signup"], settings["mailer_autoconfirm"]) == (False, False)
    house.service.settings.signups, house.service.settings.email_provider = False, False
    settings = house.http.get(f"{house.url}/settings", headers=house.headers).json()
    assert (settings["external"]["email"], settings["disable_signup"]) == (False, True)
    assert house.http.get(f"{house.url}/nothing", headers=house.headers).status_code == 404
    assert house.http.get(f"{house.url}/logout", headers=house.headers).status_code == 405


def test_faults_reach_the_official_client_as_trouble_not_as_refusals(house: House) -> None:
    plan = house.server.faults
    for action in (gateway_page(), cut(), status(503, {"message": "busy"})):
        plan.add(Fault(action, path="/token"))
        with pytest.raises(AuthRetryableError):
            house.sign_in()
    plan.add(Fault(captive_portal(), path="/token"))
    with pytest.raises(ValueError, match="validation error"):
        house.sign_in()
    plan.add(Fault(status(429, {"code": 429, "error_code": "over_request_rate_limit", "msg": "x"}), path="/token"))
    with pytest.raises(AuthApiError) as caught:
        house.sign_in()
    assert caught.value.code == "over_request_rate_limit"


def test_a_token_made_to_expire_is_refused_until_it_is_refreshed(house: House) -> None:
    session = house.sign_in()
    house.server.faults.add(Fault(expire_token(), path="/user"))

    for _ in range(2):
        assert error_of(house.get_user(session.access_token))[:2] == (403, "bad_jwt")
    fresh = house.client().refresh_session(session.refresh_token).session
    assert fresh is not None
    assert house.get_user(fresh.access_token).status_code == 200
    assert error_of(house.get_user(session.access_token))[:2] == (403, "bad_jwt")
