"""Judges the server's report on its own set-up: which part is missing, changed or open to others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from audiodesk.domain.doctor import PartReport
from audiodesk.domain.server.storage_usage import CLOUD_FILE_LIMIT

__all__ = ["BackendHealth", "BucketState", "PartsState", "health_reports"]

_TYPES = frozenset({"audio/mpeg", "audio/mp3", "audio/wav", "audio/x-wav"})
_SMALLEST_LIMIT = 1024 * 1024
"""Bytes: under a minute of MP3. A bucket with a lower limit was not meant for takes."""
_GUARDED = "storage.objects"
"""The table of the audio objects; the names of its policies begin with it."""
_NAMED = 5
_FAR_OFF = 300
"""Seconds by which this computer's clock may differ; beyond that, certificates and tokens are judged wrongly."""


@dataclass(frozen=True, slots=True)
class PartsState:
    """Names of the parts of one kind that differ from the shipped ones."""

    missing: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BucketState:
    """The bucket for audio; a limit is None where the server sets none."""

    exists: bool
    public: bool = False
    file_size_limit: int | None = None
    allowed_types: tuple[str, ...] | None = None
    versioning: str = "DISABLED"
    """"DISABLED"; or "ENABLED" or "SUSPENDED", where former versions of an object are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendHealth:
    """The answer of ``backend_health``."""

    version: str
    """The newest of AudioDesk's migrations on the server."""
    applied: tuple[str, ...]
    """All of AudioDesk's migrations in the history; empty without a history."""
    tables: PartsState
    functions: PartsState
    triggers: PartsState
    policies: PartsState
    exposed: tuple[str, ...]
    """Functions that can be called without a sign-in."""
    without_rls: tuple[str, ...]
    trigger_enabled: bool
    foreign_policies: tuple[str, ...]
    """Policies on storage.objects that are not AudioDesk's."""
    permissive_policies: tuple[str, ...]
    """Foreign policies that allow something; the others only forbid."""
    bucket: BucketState
    server_version: str
    now: float | None
    """The server's time in seconds since 1970; None if it could not be read."""


def health_reports(health: BackendHealth, shipped: Sequence[str], now: float) -> list[PartReport]:
    """Judge a server's set-up; ``shipped`` are the versions of this program's migrations, ``now`` its own time."""
    return [
        _schema(health, shipped),
        _tables(health),
        _functions(health),
        _bucket(health.bucket),
        _one("policies", _faults("policies", health.policies)),
        _quota(health),
        _others(health),
        _clock(health.now, now),
    ]


def _schema(health: BackendHealth, shipped: Sequence[str]) -> PartReport:
    newest = max(shipped)
    known = health.applied or tuple(version for version in shipped if version <= health.version)
    missing = [version for version in shipped if version not in known]
    if missing:
        params: dict[str, str | int] = {"missing": len(missing), "all": len(shipped)}
        return PartReport("schema", "behind", params, ok=False)
    versions: dict[str, str | int] = {"version": health.version, "server": health.server_version}
    return PartReport("schema", "fine" if health.version <= newest else "newer", versions)


def _tables(health: BackendHealth) -> PartReport:
    faults = _faults("tables", health.tables)
    if health.without_rls:
        faults.insert(0, PartReport("tables", "no-rls", {"names": _named(health.without_rls)}, ok=False))
    return _one("tables", faults)


def _functions(health: BackendHealth) -> PartReport:
    faults = _faults("functions", health.functions)
    if health.exposed:
        faults.insert(0, PartReport("functions", "exposed", {"names": _named(health.exposed)}, ok=False))
    return _one("functions", faults)


def _bucket(bucket: BucketState) -> PartReport:
    if not bucket.exists:
        return PartReport("bucket", "missing", ok=False)
    faults = []
    if bucket.public:
        faults.append(PartReport("bucket", "public", ok=False))
    if bucket.versioning != "DISABLED":
        faults.append(PartReport("bucket", "versioned", {"status": bucket.versioning}, ok=False))
    if bucket.allowed_types is not None and (lacking := sorted(_TYPES - set(bucket.allowed_types))):
        faults.append(PartReport("bucket", "types", {"names": ", ".join(lacking)}, ok=False))
    limit = bucket.file_size_limit
    if limit is not None and limit < _SMALLEST_LIMIT:
        faults.append(PartReport("bucket", "tiny", {"limit": limit}, ok=False))
    if faults:
        return _one("bucket", faults)
    if limit is not None and limit < CLOUD_FILE_LIMIT:
        return PartReport("bucket", "small", {"limit": limit})
    return PartReport("bucket", _unlimited(bucket))


def _unlimited(bucket: BucketState) -> str:
    """Return which of its two limits the bucket lacks."""
    if bucket.allowed_types is None:
        return "no-limits" if bucket.file_size_limit is None else "no-types"
    return "no-size" if bucket.file_size_limit is None else "fine"


def _quota(health: BackendHealth) -> PartReport:
    faults = _faults("quota", health.triggers)
    if not faults and not health.trigger_enabled:
        faults.append(PartReport("quota", "disabled", ok=False))
    return _one("quota", faults)


def _faults(part: str, state: PartsState) -> list[PartReport]:
    """Return one report for missing parts and one for changed parts."""
    found = {"missing": state.missing, "altered": state.altered}
    return [PartReport(part, finding, {"names": _named(names)}, ok=False) for finding, names in found.items() if names]


def _one(part: str, faults: Sequence[PartReport]) -> PartReport:
    """Return one report with all faults of a part."""
    if not faults:
        return PartReport(part, "fine")
    return replace(faults[0], more=tuple(faults[1:]))


def _others(health: BackendHealth) -> PartReport:
    policies = health.foreign_policies
    if not policies:
        return PartReport("other-policies", "none")
    if health.permissive_policies and not _is_guarded(health):
        return PartReport("other-policies", "open", {"names": _named(health.permissive_policies)}, ok=False)
    finding = "some" if health.permissive_policies else "forbidding"
    return PartReport("other-policies", finding, {"count": len(policies), "names": _named(policies)})


def _is_guarded(health: BackendHealth) -> bool:
    """Tell whether AudioDesk's own policies still keep people to their own folders, whatever others allow."""
    damaged = (*health.policies.missing, *health.policies.altered)
    return _GUARDED not in health.without_rls and not any(name.startswith(f"{_GUARDED}.") for name in damaged)


def _clock(server: float | None, here: float) -> PartReport:
    if server is None or abs(server - here) <= _FAR_OFF:
        return PartReport("clock", "fine")
    minutes = round(abs(server - here) / 60)
    return PartReport("clock", "ahead" if here > server else "behind", {"minutes": minutes}, ok=False)


def _named(names: Sequence[str]) -> str:
    listed = ", ".join(names[:_NAMED])
    return listed if len(names) <= _NAMED else f"{listed}, …"
