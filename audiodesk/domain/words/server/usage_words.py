"""Words about a person's storage: how much is used, by which project, and whether the queue fits."""

from __future__ import annotations

from audiodesk.domain import words
from audiodesk.domain.server.storage_usage import CLOUD_FILE_LIMIT, DatabaseUsage, ProjectUsage, Queued, StorageUsage
from audiodesk.domain.words import formats

__all__ = [
    "database_sentence",
    "forecast_action",
    "forecast_sentence",
    "project_name",
    "take_count",
    "too_large_sentence",
    "usage_sentence",
]


def usage_sentence(usage: StorageUsage) -> str:
    """Return "Plan free: 412.0 MB of 500.0 MB used (82 %), 88.0 MB free"."""
    if usage.over:
        template = words.tr("Plan {plan}: {used} of {allowed} used, {over} more than it allows")
    else:
        template = words.tr("Plan {plan}: {used} of {allowed} used ({percent} %), {free} free")
    # Round down: only a full storage may show 100 %.
    percent = 100 * usage.used // usage.allowed if usage.allowed else 100
    return template.format(
        plan=_plan(usage.plan),
        used=formats.size(usage.used),
        allowed=formats.size(usage.allowed),
        percent=formats.number(percent),
        free=formats.size(usage.free),
        over=formats.size(usage.over),
    )


def database_sentence(database: DatabaseUsage | None) -> str:
    """Return how full the account's part of the database is; empty if there is enough room."""
    if database is None or not database.is_nearly_full:
        return ""
    return words.tr(
        "The database holds {rows} of {allowed_rows} rows and {size} of {allowed} for this account. "
        "Ask the operator to allow more."
    ).format(
        rows=formats.number(database.rows),
        allowed_rows=formats.number(database.allowed_rows),
        size=formats.size(database.size),
        allowed=formats.size(database.allowed),
    )


def project_name(project: ProjectUsage | None) -> str:
    """Return a project's title; for None, the name for files without a project."""
    if project is None:
        return words.tr("(in no project)")
    return project.title or words.tr("(without a title)")


def take_count(count: int) -> str:
    """Return "1 take" or "12 takes"."""
    return words.tr("{count} takes", "{count} take", count).format(count=formats.number(count))


def forecast_sentence(queued: Queued, usage: StorageUsage) -> str:
    """Return whether what waits to go up fits; empty if nothing waits."""
    if not queued.takes:
        return ""
    over = queued.over(usage)
    if over:
        template = words.tr(
            "{count} takes ({size}) wait to go up: {over} more than fits.",
            "{count} take ({size}) waits to go up: {over} more than fits.",
            queued.takes,
        )
    else:
        template = words.tr(
            "{count} takes ({size}) wait to go up. They fit.",
            "{count} take ({size}) waits to go up. It fits.",
            queued.takes,
        )
    return template.format(count=formats.number(queued.takes), size=formats.size(queued.size), over=formats.size(over))


def forecast_action(queued: Queued, usage: StorageUsage) -> str:
    """Return what to do if they do not fit, or if more is stored than allowed; empty if all is well."""
    if queued.over(usage):
        return words.tr("Empty the trash, use MP3 instead of WAV, or ask for a larger plan.")
    if usage.over:
        return words.tr(
            "Nothing is deleted, but nothing more can be uploaded. Empty the trash, or ask for a larger plan."
        )
    return ""


def too_large_sentence(queued: Queued) -> str:
    """Return the sentence about takes above the cloud's file limit; empty if there are none."""
    if not queued.too_large:
        return ""
    return words.tr(
        "{count} takes ({size}) are larger than the {limit} that one file may have in the cloud. "
        "They stay on this computer.",
        "{count} take ({size}) is larger than the {limit} that one file may have in the cloud. "
        "It stays on this computer.",
        queued.too_large,
    ).format(
        count=formats.number(queued.too_large),
        size=formats.size(queued.too_large_size),
        limit=formats.size(CLOUD_FILE_LIMIT),
    )


def _plan(plan: str) -> str:
    return {"free": words.tr("free"), "paid": words.tr("paid")}.get(plan, plan)
