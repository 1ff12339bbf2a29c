"""The server's own account of its set-up, read from ``backend_health``."""

from __future__ import annotations

from datetime import datetime

from audiodesk.cloud.answers import Fields
from audiodesk.cloud.procedures import Procedures
from audiodesk.domain.backend_health import BackendHealth, BucketState, PartsState

__all__ = ["backend_health"]


def backend_health(procedures: Procedures) -> BackendHealth:
    """Ask for it. Raises what ``Procedures.call`` raises; "server-needs-update" where the schema is not there."""
    answer = Fields(procedures.document("backend_health"), procedures.host, "backend_health")
    schema, policies, functions = answer.child("schema"), answer.child("policies"), answer.child("functions")
    foreign = policies.children("foreign")
    return BackendHealth(
        version=schema.text("version"),
        applied=tuple(schema.texts("applied")),
        tables=_parts(answer.child("tables")),
        functions=_parts(functions),
        triggers=_parts(answer.child("triggers")),
        policies=_parts(policies),
        exposed=tuple(functions.texts("exposed")),
        without_rls=tuple(answer.texts("without_rls")),
        trigger_enabled=answer.child("trigger").flag("present") and answer.child("trigger").flag("enabled"),
        foreign_policies=tuple(policy.text("name") for policy in foreign),
        permissive_policies=tuple(policy.text("name") for policy in foreign if policy.flag("permissive")),
        bucket=_bucket(answer.child("bucket")),
        server_version=answer.text("server_version").split(" ")[0],
        now=_moment(answer.text("now")),
    )


def _parts(fields: Fields) -> PartsState:
    return PartsState(tuple(fields.texts("missing")), tuple(fields.texts("altered")))


def _bucket(fields: Fields) -> BucketState:
    if not fields.flag("exists"):
        return BucketState(exists=False)
    values = fields.mapping()
    return BucketState(
        exists=True,
        public=fields.flag("public"),
        versioning=fields.text("versioning") or "DISABLED",
        file_size_limit=None if values.get("file_size_limit") is None else fields.number("file_size_limit"),
        allowed_types=None if values.get("allowed_mime_types") is None else tuple(fields.texts("allowed_mime_types")),
    )


def _moment(text: str) -> float | None:
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return None
