"""How answers of the Storage server are classified: by status and code, and by their text where it tells more."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from audiodesk.cloud.wire.storage_refusals import is_missing, storage_refusal


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, {}),
        (400, {"statusCode": "404", "error": "not_found", "message": "Object not found"}),
        (400, {"statusCode": 0, "error": "NoSuchKey", "message": "Object not found"}),
        (400, {"error": "Not found", "message": "The resource was not found"}),
    ],
)
def test_an_object_that_is_not_there(status: int, body: dict[str, Any]) -> None:
    assert is_missing(storage_refusal(httpx.Response(status, json=body), "here"))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, {"message": 'relation "storage.objects" does not exist'}),
        (400, {"statusCode": "500", "error": "Internal", "message": "column objects.level does not exist"}),
        (500, {"message": "upstream not found"}),
    ],
)
def test_a_server_that_fails_says_nothing_of_the_object(status: int, body: dict[str, Any]) -> None:
    assert storage_refusal(httpx.Response(status, json=body), "here").code == "server-failed"
