"""Reads ``backend_health``: the server's report about its own set-up."""

from __future__ import annotations

from audiodesk.cloud.calls.backend_health import BackendHealth
from audiodesk.cloud.calls.procedures import Procedures

__all__ = ["backend_health"]


def backend_health(procedures: Procedures) -> BackendHealth:
    """Return the report. Raises as ``Procedures.call``; "server-needs-update" where the schema is not installed."""
    from audiodesk.cloud.calls.answers import HealthAnswer, ask

    return ask(HealthAnswer, procedures, "backend_health").health()
