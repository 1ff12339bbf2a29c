"""The effects of faults on a request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from tests.twin.auth_errors import AuthProblem
from tests.twin.storage_errors import StorageError
from tests.twin.wire_messages import Request, Response

__all__ = [
    "Action",
    "AuthRefusal",
    "Bandwidth",
    "Cut",
    "Delay",
    "ExpireToken",
    "Html",
    "Stall",
    "Status",
    "action_from_json",
    "auth_refusal",
    "bandwidth",
    "captive_portal",
    "cut",
    "delay",
    "empty",
    "expire_token",
    "gateway_page",
    "html",
    "stall",
    "status",
]

_OPEN_INFO: Final = re.compile("/object/info/(?!authenticated/)")
_GATEWAY_PAGE: Final = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n"
    "<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n"
)
_PORTAL_PAGE: Final = (
    "<!doctype html><html><head><title>Welcome to our guest network</title></head>"
    '<body><form method="post" action="/login"><button>Accept and connect</button></form></body></html>'
)


@dataclass(frozen=True)
class Action:
    """Base of all faults: what is done to a request."""

    name: ClassVar[str] = ""


@dataclass(frozen=True)
class Status(Action):
    """Gives this answer in place of the service's. In the phase "handled" the service has done its work."""

    name: ClassVar[str] = "status"
    status: int
    body: Any = None
    """A string is sent as text, anything else as JSON, None as nothing."""
    headers: tuple[tuple[str, str], ...] = ()
    page: bool = False
    """The body is a page in HTML."""

    def response(self) -> Response:
        """Return the answer."""
        headers = list(self.headers)
        if self.body is None:
            return Response(self.status, headers)
        if isinstance(self.body, str):
            return (Response.html if self.page else Response.text)(self.status, self.body, headers)
        return Response.json(self.status, self.body, headers)


@dataclass(frozen=True)
class Html(Status):
    """Answers with a page in HTML."""

    name: ClassVar[str] = "html"
    page: bool = True


@dataclass(frozen=True)
class AuthRefusal(Action):
    """The Auth service refuses with this code, in the shape that the client asks for."""

    name: ClassVar[str] = "auth"
    code: str
    message: str | None = None

    def response(self, request: Request) -> Response:
        """Return the answer to this request."""
        on_token = request.path.endswith("/token")
        status = 400 if self.code == "user_banned" and on_token else None
        return AuthProblem.of(self.code, self.message, status=status).response(request)


@dataclass(frozen=True)
class Cut(Action):
    """Cuts the connection without sending another byte."""

    name: ClassVar[str] = "cut"


@dataclass(frozen=True)
class Delay(Action):
    """Waits for this number of seconds, then goes on."""

    name: ClassVar[str] = "delay"
    seconds: float


@dataclass(frozen=True)
class Stall(Action):
    """Waits until the test releases it or the server stops."""

    name: ClassVar[str] = "stall"


@dataclass(frozen=True)
class Bandwidth(Action):
    """Limits the connection to this number of bytes a second (None: no limit), in every phase."""

    name: ClassVar[str] = "bandwidth"
    up: float | None = None
    down: float | None = None


@dataclass(frozen=True)
class ExpireToken(Action):
    """From now on every service treats the request's token as expired; other tokens stay valid."""

    name: ClassVar[str] = "expire_token"


def status(
    code: int, body: Any = None, *, retry_after: int | None = None, headers: Mapping[str, str] | None = None
) -> Status:
    """Answer with this status; a string is sent as text, anything else as JSON."""
    extra = [("Retry-After", str(retry_after))] if retry_after is not None else []
    return Status(code, body, (*extra, *(headers or {}).items()))


def html(code: int = 502, page: str = _GATEWAY_PAGE) -> Html:
    """Answer with a page in HTML."""
    return Html(code, page)


def gateway_page() -> Html:
    """Answer with the page of a gateway that does not reach the server behind it."""
    return Html(502, _GATEWAY_PAGE)


def captive_portal() -> Html:
    """Answer with 200 and the sign-in page of a captive network, as in a hotel."""
    return Html(200, _PORTAL_PAGE)


def empty(code: int = 200) -> Status:
    """Answer without a body."""
    return Status(code)


def auth_refusal(code: str, message: str | None = None) -> AuthRefusal:
    """Answer as the Auth service refuses with this code (`auth_errors.ANSWERS`). Raises KeyError for another."""
    AuthProblem.of(code)
    return AuthRefusal(code, message)


def cut() -> Cut:
    """Cut the connection."""
    return Cut()


def delay(seconds: float) -> Delay:
    """Wait, then go on."""
    return Delay(seconds)


def stall() -> Stall:
    """Wait until the test releases it."""
    return Stall()


def bandwidth(*, up: float | None = None, down: float | None = None) -> Bandwidth:
    """Limit the bytes a second."""
    return Bandwidth(up, down)


def expire_token() -> ExpireToken:
    """Answer as if the token were expired."""
    return ExpireToken()


def action_from_json(entry: Mapping[str, Any]) -> Action:
    """An action from `{"do": "status", "status": 503, "body": {…}, "retry_after": 2}` and the like."""
    fields = dict(entry)
    do = fields.pop("do")
    if do == "status":
        return status(fields.pop("status"), fields.pop("body", None), **fields)
    makers: dict[str, Any] = {
        "auth": auth_refusal,
        "html": html,
        "gateway_page": gateway_page,
        "captive_portal": captive_portal,
        "empty": empty,
        "cut": cut,
        "delay": delay,
        "stall": stall,
        "bandwidth": bandwidth,
        "expire_token": expire_token,
    }
    action: Action = makers[do](**fields)
    return action


def expired_answer(request: Request) -> Response:
    """Return how the service of this request refuses an expired token."""
    if "/rest/v1" in request.path:
        body = {"code": "PGRST303", "details": None, "hint": None, "message": "JWT expired"}
        challenge = 'Bearer error="invalid_token", error_description="JWT expired"'
        return Response.json(401, body, [("WWW-Authenticate", challenge)])
    if "/auth/v1" in request.path:
        return AuthProblem.of("bad_jwt").response(request)
    if _OPEN_INFO.search(request.path):  # on this route an invalid token counts as none
        return StorageError.no_bucket().response()
    return Response.json(
        400,
        {
            "statusCode": "403",
            "error": "Unauthorized",
            "message": '"exp" claim timestamp check failed',
            "code": "AccessDenied",
        },
    )
