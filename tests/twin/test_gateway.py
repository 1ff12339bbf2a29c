"""The gateway: which keys it accepts, and how it converts the newer kind."""

from __future__ import annotations

import httpx
import jwt
import pytest

from tests.twin.auth_house import House
from tests.twin.tokens import Tokens
from tests.twin.twin import Twin


def test_the_gateway_refuses_requests_without_a_key(house: House) -> None:
    for key, message in ((None, "No API key found in request"), ("wrong", "Invalid API key")):
        headers = {"apikey": key} if key else {}
        answer = house.http.get(f"{house.url}/settings", headers=headers)
        assert answer.status_code == 401
        assert answer.json()["message"] == message
    user_token = house.tokens.user(house.user_id)
    assert house.http.get(f"{house.url}/health", headers={"apikey": user_token}).status_code == 401
    assert house.http.get(f"{house.url}/health?apikey={house.tokens.service()}").json()["name"] == "GoTrue"


def test_both_kinds_of_keys_are_let_in(house: House) -> None:
    tokens = house.tokens
    for key in (tokens.anon(), tokens.service(), tokens.publishable(), tokens.secret_key()):
        assert house.http.get(f"{house.url}/health", headers={"apikey": key}).status_code == 200
    stranger = Tokens("another secret that is long enough too").publishable()
    assert stranger.startswith("sb_publishable_")
    assert house.http.get(f"{house.url}/health", headers={"apikey": stranger}).status_code == 401


def test_the_older_keys_can_be_switched_off(house: House) -> None:
    house.tokens.old_keys = False
    refused = house.http.get(f"{house.url}/health", headers={"apikey": house.tokens.anon()})
    assert (refused.status_code, refused.json()["message"]) == (401, "Legacy API keys are disabled")
    assert house.http.get(f"{house.url}/health", headers={"apikey": house.tokens.publishable()}).status_code == 200


@pytest.mark.parametrize("kind", ["HS256", "ES256"])
def test_a_user_token_and_a_newer_key_open_all_services(twin: Twin, kind: str) -> None:
    twin.tokens.algorithm = "ES256" if kind == "ES256" else "HS256"
    twin.tokens.old_keys = False
    author = twin.add_user("anna@example.org", "her password")
    with httpx.Client(base_url=twin.url, headers={"apikey": twin.publishable_key}) as client:
        sign_in = {"email": author.email, "password": author.password}
        token = client.post("/auth/v1/token?grant_type=password", json=sign_in).json()["access_token"]
        assert jwt.get_unverified_header(token)["alg"] == kind
        client.headers["Authorization"] = f"Bearer {token}"
        assert client.get("/auth/v1/user").json()["id"] == str(author.id)
        assert client.post("/rest/v1/rpc/storage_usage", json={}).status_code == 200
        assert client.post("/storage/v1/object/list/audiofiles", json={"prefix": ""}).json() == []


def test_a_newer_key_is_no_token(twin: Twin) -> None:
    headers = {"apikey": twin.publishable_key, "Authorization": f"Bearer {twin.publishable_key}"}
    with httpx.Client(base_url=twin.url, headers=headers) as client:
        stored = client.post("/storage/v1/object/list/audiofiles", json={"prefix": ""})
        assert (stored.status_code, stored.json()["message"]) == (400, "Invalid Compact JWS")
        assert client.post("/rest/v1/rpc/storage_usage", json={}).json()["code"] == "PGRST301"
        assert client.get("/auth/v1/user").json()["error_code"] == "bad_jwt"


def test_a_newer_key_alone_stands_for_its_role(twin: Twin) -> None:
    with httpx.Client(base_url=twin.url) as client:
        listed = [
            client.post("/storage/v1/object/list/audiofiles", json={"prefix": ""}, headers={"apikey": key}).status_code
            for key in (twin.publishable_key, twin.secret_key, twin.anon_key)
        ]
        assert listed == [200, 200, 400], "the older kind needs Authorization"
        called = client.post("/rest/v1/rpc/storage_usage", json={}, headers={"apikey": twin.publishable_key})
        assert (called.status_code, called.json()["code"]) == (401, "42501")
        buckets = client.get("/storage/v1/bucket", headers={"apikey": twin.secret_key}).json()
        assert [bucket["id"] for bucket in buckets] == ["audiofiles"]


def test_the_public_key_of_users_tokens_is_published(house: House) -> None:
    address = f"{house.url}/.well-known/jwks.json"
    assert house.http.get(address).json() == {"keys": []}
    before = house.sign_in().access_token
    house.tokens.algorithm = "ES256"
    token = house.sign_in().access_token
    (published,) = house.http.get(address).json()["keys"]
    key = jwt.PyJWK.from_dict(published)
    claims = jwt.decode(token, key, algorithms=["ES256"], audience="authenticated")
    assert claims["sub"] == str(house.user_id)
    assert jwt.get_unverified_header(token)["kid"] == published["kid"]
    assert [house.get_user(each).status_code for each in (before, token)] == [200, 200]
