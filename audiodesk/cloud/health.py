"""The server's own account of its set-up, read from ``backend_health``."""

from __future__ import annotations

from audiodesk.cloud.procedures import Procedures
from audiodesk.domain.server.backend_health import BackendHealth

__all__ = ["backend_health"]


def backend_health(procedures: Procedures) -> BackendHealth:
    """Ask for it. Raises what ``Procedures.call`` raises; "server-needs-update" where the schema is not there."""
    from audiodesk.cloud.answers import HealthAnswer, ask

    return ask(HealthAnswer, procedures, "backend_health").health()
