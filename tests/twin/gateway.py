"""The gateway in front of all services: it rejects requests without a key of the project."""

from __future__ import annotations

from tests.twin.tokens import Tokens
from tests.twin.wire_messages import Request, Response

__all__ = ["forward", "refusal"]

_OPAQUE = "sb_"


def refusal(request: Request, tokens: Tokens) -> Response | None:
    """Return the refusal of a request without a valid `apikey` (header or query parameter); None if it has one."""
    key = _key_of(request)
    if not key:
        return Response.json(
            401,
            {
                "message": "No API key found in request",
                "hint": "No `apikey` request header or url param was found.",
            },
        )
    if tokens.role_of_key(key) is None:
        return Response.json(
            401,
            {
                "message": "Invalid API key",
                "hint": "Double check your Supabase `anon` or `service_role` API key.",
            },
        )
    if not tokens.old_keys and not key.startswith(_OPAQUE):
        return Response.json(
            401,
            {
                "message": "Legacy API keys are disabled",
                "hint": "Your legacy API keys (anon, service_role) were disabled."
                " Use the new publishable and secret API keys.",
            },
        )
    return None


def forward(request: Request, tokens: Tokens) -> None:
    """Give a request without a token the one that its newer key stands for: the services read only tokens.

    A newer key that comes in `Authorization` stays there, and the service refuses it: it is no token.
    """
    key = _key_of(request)
    if not key or not key.startswith(_OPAQUE) or "authorization" in request.headers:
        return
    role = tokens.role_of_key(key)
    if role is not None:
        token = tokens.anon() if role == "anon" else tokens.service()
        request.headers = {**request.headers, "authorization": f"Bearer {token}"}


def _key_of(request: Request) -> str | None:
    return request.headers.get("apikey") or request.first("apikey")
