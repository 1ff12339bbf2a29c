"""The gateway in front of all services: who sends no key of the project is not let in."""

from __future__ import annotations

from tests.twin.tokens import TokenError, Tokens
from tests.twin.wire_messages import Request, Response

__all__ = ["refusal"]


def refusal(request: Request, tokens: Tokens) -> Response | None:
    """The answer to a request without a valid `apikey` (header or query parameter); None where it has one."""
    key = request.headers.get("apikey") or request.first("apikey")
    if not key:
        return Response.json(
            401,
            {
                "message": "No API key found in request",
                "hint": "No `apikey` request header or url param was found.",
            },
        )
    try:
        role = tokens.read(key).get("role")
    except TokenError:
        role = None
    if role in ("anon", "service_role"):
        return None
    return Response.json(
        401,
        {
            "message": "Invalid API key",
            "hint": "Double check your Supabase `anon` or `service_role` API key.",
        },
    )
