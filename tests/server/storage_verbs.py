"""Tries every verb of Storage over HTTP on an object of the owner's, and returns the result in one word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from tests.server.matrix import AUDIO, BUCKET, WAV, Stage
from tests.twin.storage_stand import Tus

__all__ = ["OPERATIONS", "VERBS"]

_BASE = "/storage/v1"
_RESUMABLE = f"{_BASE}/upload/resumable"
Verb = Callable[[Stage, str, str], str]


def _refused(answer: httpx.Response) -> str:
    """Return the true code: in the body of JSON errors, whose status is nearly always 400, else the status."""
    try:
        body: Any = answer.json()
    except ValueError:
        return str(answer.status_code)
    return str(body.get("statusCode", answer.status_code))


def _done(answer: httpx.Response, word: str = "done") -> str:
    return word if answer.is_success else _refused(answer)


def _seen(answer: httpx.Response, *, seen: bool) -> str:
    if not answer.is_success:
        return _refused(answer)
    return "sees" if seen else "nothing"


def _object(key: str, way: str = "object") -> str:
    return f"{_BASE}/{way}/{BUCKET}/{key}"


def _upload(stage: Stage, actor: str, _: str) -> str:
    return _done(stage.client(actor).post(_object(stage.new_key()), content=AUDIO, headers=WAV))


def _upload_over(stage: Stage, actor: str, key: str) -> str:
    return _done(stage.client(actor).post(_object(key), content=AUDIO, headers={**WAV, "x-upsert": "true"}))


def _put(stage: Stage, actor: str, key: str) -> str:
    return _done(stage.client(actor).put(_object(key), content=AUDIO, headers=WAV))


def _resumable(stage: Stage, actor: str, _: str) -> str:
    return _done(Tus(stage.client(actor)).create(stage.new_key(), len(AUDIO), path=_RESUMABLE))


def _resumable_over(stage: Stage, actor: str, key: str) -> str:
    tus = Tus(stage.client(actor))
    return _done(tus.create(key, len(AUDIO), path=_RESUMABLE, content=AUDIO, extra={"x-upsert": "true"}))


def _begun(stage: Stage) -> str:
    """Return the address of an upload that the owner has begun."""
    answer = Tus(stage.client("owner")).create(stage.new_key(), len(AUDIO), path=_RESUMABLE)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["Location"])


def _resume(stage: Stage, actor: str, _: str) -> str:
    return _done(Tus(stage.client(actor)).patch(_begun(stage), 0, AUDIO))


def _how_far(stage: Stage, actor: str, _: str) -> str:
    return _done(Tus(stage.client(actor)).head(_begun(stage)))


def _give_up(stage: Stage, actor: str, _: str) -> str:
    return _done(Tus(stage.client(actor)).delete(_begun(stage)))


def _sign_upload(stage: Stage, actor: str, _: str) -> str:
    return _done(stage.client(actor).post(_object(stage.new_key(), "object/upload/sign"), json={}))


def _upload_signed(stage: Stage, actor: str, _: str) -> str:
    """With a token that the storage server did not sign: the caller's own."""
    token = stage.client(actor).headers["Authorization"].removeprefix("Bearer ")
    address = _object(stage.new_key(), "object/upload/sign")
    return _done(stage.client(actor).put(address, params={"token": token}, content=AUDIO, headers=WAV))


def _read(way: str) -> Verb:
    def read(stage: Stage, actor: str, key: str) -> str:
        answer = stage.client(actor).get(_object(key, way))
        return _seen(answer, seen=answer.content == AUDIO or key.rpartition("/")[2] in answer.text)

    return read


def _look(stage: Stage, actor: str, key: str) -> str:
    return _done(stage.client(actor).head(_object(key)), "sees")


def _sign(stage: Stage, actor: str, key: str) -> str:
    return _done(stage.client(actor).post(_object(key, "object/sign"), json={"expiresIn": 60}), "link")


def _sign_many(stage: Stage, actor: str, key: str) -> str:
    address = f"{_BASE}/object/sign/{BUCKET}"
    answer = stage.client(actor).post(address, json={"expiresIn": 60, "paths": [key]})
    if not answer.is_success:
        return _refused(answer)
    return "link" if answer.json()[0]["signedURL"] else "nothing"


def _open_link(stage: Stage, actor: str, key: str) -> str:
    link = stage.client("owner").post(_object(key, "object/sign"), json={"expiresIn": 60}).json()["signedURL"]
    answer = stage.client(actor).get(f"{_BASE}{link}")
    return _seen(answer, seen=answer.content == AUDIO)


def _list(stage: Stage, actor: str, key: str) -> str:
    folder, name = key.rsplit("/", 1)
    answer = stage.client(actor).post(f"{_BASE}/object/list/{BUCKET}", json={"prefix": f"{folder}/"})
    return _seen(answer, seen=name in answer.text)


def _list_all(stage: Stage, actor: str, key: str) -> str:
    answer = stage.client(actor).post(f"{_BASE}/object/list-v2/{BUCKET}", json={"prefix": ""})
    return _seen(answer, seen=key in answer.text)


def _from_to(stage: Stage, actor: str, act: str, source: str, target: str) -> str:
    body = {"bucketId": BUCKET, "sourceKey": source, "destinationKey": target}
    return _done(stage.client(actor).post(f"{_BASE}/object/{act}", json=body))


def _away(act: str) -> Verb:
    """Copy or move the object of the key into the caller's own folder."""
    return lambda stage, actor, key: _from_to(stage, actor, act, key, stage.new_key(actor))


def _into(act: str) -> Verb:
    """Move an object of the caller's, if the role can have one, into the owner's folder."""

    def into(stage: Stage, actor: str, key: str) -> str:
        own = key if actor in ("owner", "anon", "expired") else stage.add_object(actor)
        return _from_to(stage, actor, act, own, stage.new_key())

    return into


def _remove(stage: Stage, actor: str, key: str) -> str:
    return _done(stage.client(actor).delete(_object(key)))


def _remove_many(stage: Stage, actor: str, key: str) -> str:
    answer = stage.client(actor).request("DELETE", f"{_BASE}/object/{BUCKET}", json={"prefixes": [key]})
    if not answer.is_success:
        return _refused(answer)
    return "done" if answer.json() else "nothing"


def _bucket(method: str, path: str = f"/{BUCKET}", **body: Any) -> Verb:
    def act(stage: Stage, actor: str, _: str) -> str:
        answer = stage.client(actor).request(method, f"{_BASE}/bucket{path}", json=body or None)
        return _seen(answer, seen=BUCKET in answer.text) if method == "GET" else _done(answer)

    return act


VERBS: dict[str, Verb] = {
    "upload": _upload,
    "upload over": _upload_over,
    "put": _put,
    "begin a resumable upload": _resumable,
    "resumable upload over": _resumable_over,
    "go on with a resumable upload": _resume,
    "ask how far it is": _how_far,
    "give it up": _give_up,
    "sign an upload": _sign_upload,
    "upload by an address": _upload_signed,
    "read": _read("object"),
    "read as signed in": _read("object/authenticated"),
    "read as in public": _read("object/public"),
    "look": _look,
    "info": _read("object/info"),
    "sign a link": _sign,
    "sign links": _sign_many,
    "open the owner's link": _open_link,
    "list a folder": _list,
    "list all": _list_all,
    "move away": _away("move"),
    "move into": _into("move"),
    "copy away": _away("copy"),
    "copy into": _into("copy"),
    "remove": _remove,
    "remove many": _remove_many,
    "list buckets": _bucket("GET", "/"),
    "get the bucket": _bucket("GET"),
    "make a bucket": _bucket("POST", "/", name="another", id="another", public=True),
    "open the bucket to all": _bucket("PUT", public=True),
    "remove the bucket": _bucket("DELETE"),
    "empty the bucket": _bucket("POST", f"/{BUCKET}/empty"),
}

OPERATIONS: dict[str, str] = {
    "bucket.create": "make a bucket",
    "bucket.delete": "remove the bucket",
    "bucket.empty": "empty the bucket",
    "bucket.get": "get the bucket",
    "bucket.list": "list buckets",
    "bucket.update": "open the bucket to all",
    "object.copy": "copy away",
    "object.delete": "remove",
    "object.delete_many": "remove many",
    "object.get_authenticated": "read",
    "object.get_public": "read as in public",
    "object.get_signed": "open the owner's link",
    "object.info_authenticated": "info",
    "object.list": "list a folder",
    "object.list_v2": "list all",
    "object.move": "move away",
    "object.sign": "sign a link",
    "object.sign_many": "sign links",
    "object.sign_upload_url": "sign an upload",
    "object.upload": "upload",
    "object.upload_signed": "upload by an address",
    "object.upload_update": "put",
}
"""The storage server's names for what it does, and the verb that tries it."""
