"""Which settings are missing before anything can be sent to a server."""

from __future__ import annotations

from audiodesk.domain.settings import Settings

__all__ = ["missing_settings"]


def missing_settings(settings: Settings) -> list[str]:
    """Return the variables that are to be set, in the order of the help; only what is not set already."""
    wanted = {
        "STORAGE_BACKEND=supabase": settings.storage_backend == "supabase",
        "SUPABASE_URL": bool(settings.supabase_url.strip()),
        "SUPABASE_ANON_KEY": bool(settings.supabase_anon_key.strip()),
    }
    return [name for name, is_set in wanted.items() if not is_set]
