"""Codes by e-mail: sent by otp, signup and recover, accepted by verify, and when they are refused."""

from __future__ import annotations

from tests.twin.auth_house import EMAIL, PASSWORD, House, error_of


def test_a_code_signs_in_and_confirms(house: House) -> None:
    house.change("update auth.users set email_confirmed_at = null")
    client = house.client()
    client.sign_in_with_otp({"email": EMAIL, "options": {"should_create_user": False}})

    session = client.verify_otp({"email": EMAIL, "token": house.service.last_otp(EMAIL), "type": "email"}).session

    assert session is not None
    assert house.tokens.read(session.access_token)["amr"][0]["method"] == "otp"
    assert session.user.email_confirmed_at is not None
    assert house.sign_in().user.id == str(house.user_id)


def test_a_code_may_be_of_the_type_magiclink(house: House) -> None:
    house.post("otp", {"email": EMAIL})
    code = house.service.last_otp(EMAIL)
    assert error_of(house.post("verify", {"email": EMAIL, "token": code, "type": "signup"}))[1] == "otp_expired"
    assert house.post("verify", {"email": EMAIL, "token": code, "type": "magiclink"}).status_code == 200


def test_a_wrong_used_or_old_code_is_refused_alike(house: House) -> None:
    refused = (403, "otp_expired", "Token has expired or is invalid")
    house.post("otp", {"email": EMAIL})
    right = {"email": EMAIL, "token": house.service.last_otp(EMAIL), "type": "email"}
    wrong = right | {"token": "0000000"}

    assert error_of(house.post("verify", wrong)) == refused
    assert error_of(house.post("verify", right | {"email": "nobody@example.org"})) == refused
    assert house.post("verify", right).status_code == 200
    assert error_of(house.post("verify", right)) == refused
    house.service.clock.move(61)
    house.post("otp", {"email": EMAIL})
    house.service.clock.move(3601)
    assert error_of(house.post("verify", right | {"token": house.service.last_otp(EMAIL)})) == refused


def test_codes_are_not_sent_one_after_the_other(house: House) -> None:
    assert house.post("otp", {"email": EMAIL}).json() == {}
    status_code, code, message = error_of(house.post("otp", {"email": EMAIL}))
    assert (status_code, code) == (429, "over_email_send_rate_limit")
    assert message in [
        f"For security purposes, you can only request this after {left} seconds." for left in range(50, 60)
    ]
    house.service.clock.move(60)
    assert house.post("otp", {"email": EMAIL}).status_code == 200


def test_a_code_for_an_unknown_address_makes_a_user_only_with_create_user(house: House) -> None:
    new = {"email": "New@example.org"}
    assert error_of(house.post("otp", new | {"create_user": False}))[:2] == (422, "otp_disabled")
    house.service.settings.signups = False
    assert error_of(house.post("otp", new))[:2] == (422, "signup_disabled")
    house.service.settings.signups = True
    told: list[tuple[str, str]] = []
    house.service.on_code = lambda email, code: told.append((email, code))

    assert house.post("otp", new).status_code == 200

    code = house.service.last_otp("new@example.org")
    assert told == [("new@example.org", code)]
    session = house.post("verify", {"email": "new@example.org", "token": code, "type": "email"}).json()
    assert session["user"]["email"] == "new@example.org"


def test_somebody_who_is_known_but_unconfirmed_needs_signups_too(house: House) -> None:
    house.change("update auth.users set email_confirmed_at = null")
    house.service.settings.signups = False
    assert error_of(house.post("otp", {"email": EMAIL, "create_user": False}))[:2] == (422, "signup_disabled")


def test_without_the_email_provider_there_is_no_sign_in_by_e_mail(house: House) -> None:
    house.service.settings.email_provider = False
    off = (422, "email_provider_disabled")
    assert error_of(house.post("token?grant_type=password", {"email": EMAIL, "password": PASSWORD}))[:2] == off
    assert error_of(house.post("otp", {"email": EMAIL}))[:2] == off
    assert error_of(house.post("signup", {"email": "b@example.org", "password": PASSWORD}))[:2] == off


def test_a_new_account_signs_in_once_its_address_is_confirmed(house: House) -> None:
    new = {"email": "New@example.org", "password": "her password"}
    made = house.post("signup", new | {"data": {"name": "N"}}).json()
    assert (made["email"], made["user_metadata"], "email_confirmed_at" in made) == (
        "new@example.org",
        {"name": "N"},
        False,
    )
    assert made["confirmation_sent_at"]
    assert "access_token" not in made
    assert error_of(house.post("token?grant_type=password", new))[:2] == (400, "email_not_confirmed")

    code = house.service.last_otp("new@example.org")
    session = house.post("verify", {"email": new["email"], "token": code, "type": "signup"}).json()
    assert session["user"]["id"] == made["id"]
    assert house.post("token?grant_type=password", new).status_code == 200


def test_signing_up_again_does_not_reveal_the_account(house: House) -> None:
    again = house.post("signup", {"email": EMAIL, "password": "another password"})
    assert again.status_code == 200
    assert again.json()["id"] != str(house.user_id)
    assert again.json()["identities"] == []
    assert house.sign_in().user.id == str(house.user_id)
    house.service.settings.autoconfirm = True
    taken = house.post("signup", {"email": EMAIL, "password": "another password"})
    assert error_of(taken)[:2] == (422, "user_already_exists")


def test_where_addresses_are_not_confirmed_a_new_account_is_signed_in(house: House) -> None:
    house.service.settings.autoconfirm = True
    session = house.post("signup", {"email": "new@example.org", "password": "her password"}).json()
    assert house.get_user(session["access_token"]).json()["email"] == "new@example.org"


def test_what_a_new_account_lacks_is_named(house: House) -> None:
    new = {"email": "new@example.org"}
    assert error_of(house.post("signup", new))[:2] == (400, "validation_failed")
    assert error_of(house.post("signup", {"password": "long enough"}))[:2] == (422, "anonymous_provider_disabled")
    assert house.post("signup", new | {"password": "short"}).json()["weak_password"] == {"reasons": ["length"]}
    assert error_of(house.post("signup", {"phone": "1", "password": "long enough"}))[:2] == (
        400,
        "phone_provider_disabled",
    )
    house.service.settings.signups = False
    assert error_of(house.post("signup", new | {"password": "long enough"}))[:2] == (422, "signup_disabled")


def test_a_forgotten_password_is_replaced_by_way_of_a_code(house: House) -> None:
    assert house.post("recover", {"email": "nobody@example.org"}).json() == {}
    assert error_of(house.post("recover", {}))[:2] == (400, "validation_failed")
    assert house.post("recover", {"email": EMAIL}).json() == {}
    assert error_of(house.post("recover", {"email": EMAIL}))[:2] == (429, "over_email_send_rate_limit")

    code = house.service.last_otp(EMAIL)
    session = house.post("verify", {"email": EMAIL, "token": code, "type": "recovery"}).json()
    bearer = {"Authorization": f"Bearer {session['access_token']}"}
    changed = house.http.put(f"{house.url}/user", json={"password": "the next one"}, headers=house.headers | bearer)
    assert changed.status_code == 200
    assert house.post("token?grant_type=password", {"email": EMAIL, "password": "the next one"}).status_code == 200


def test_the_built_in_mail_server_sends_two_an_hour(house: House) -> None:
    house.service.settings.emails_an_hour = 2
    for name in ("a", "b"):
        assert house.post("otp", {"email": f"{name}@example.org"}).status_code == 200
    refused = house.post("otp", {"email": "c@example.org"})
    assert error_of(refused) == (429, "over_email_send_rate_limit", "email rate limit exceeded")
    house.service.clock.move(3601)
    assert house.post("otp", {"email": "c@example.org"}).status_code == 200
