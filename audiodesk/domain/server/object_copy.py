"""A copied object of the bucket: its bytes by their sha256, and all facts that players or AudioDesk need."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from audiodesk.domain.errors import AudioDeskError

__all__ = ["CopyOutcome", "CopyResult", "ListedObject", "ObjectFacts"]

_SHA256 = re.compile(r"[0-9a-f]{64}")


class CopyResult(StrEnum):
    """The result for one object."""

    COPIED = "copied"
    THERE = "there"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ListedObject:
    """An object in the bucket's list; ``etag`` changes with the bytes."""

    key: str
    size: int
    etag: str


@dataclass(frozen=True, slots=True)
class ObjectFacts:
    """The kept facts of an object. ``metadata`` is the user metadata, which includes AudioDesk's sha256."""

    key: str
    size: int
    etag: str
    sha256: str
    content_type: str
    cache_control: str
    metadata: Mapping[str, Any]

    @property
    def claimed_sha256(self) -> str:
        """The sha256 that the uploader stated; empty without one."""
        claimed = self.metadata.get("sha256")
        return claimed if isinstance(claimed, str) and _SHA256.fullmatch(claimed) else ""

    def line(self) -> str:
        """Return the facts as one line of JSON, without a line end."""
        document = {
            "key": self.key,
            "size": self.size,
            "etag": self.etag,
            "sha256": self.sha256,
            "content_type": self.content_type,
            "cache_control": self.cache_control,
            "metadata": dict(self.metadata),
        }
        return json.dumps(document, ensure_ascii=True, separators=(",", ":"))

    @classmethod
    def read(cls, line: str) -> ObjectFacts | None:
        """Return the facts in ``line``; None if it is not a complete line made by ``line()``."""
        try:
            found = json.loads(line)
            facts = cls(**found)
        except (ValueError, TypeError, RecursionError):
            return None
        texts = (facts.key, facts.etag, facts.sha256, facts.content_type, facts.cache_control)
        if not all(isinstance(text, str) for text in texts) or not isinstance(facts.metadata, dict):
            return None
        is_size = isinstance(facts.size, int) and not isinstance(facts.size, bool) and facts.size >= 0
        return facts if is_size and facts.key and _SHA256.fullmatch(facts.sha256) else None


@dataclass(slots=True)
class CopyOutcome:
    """The progress of a copy so far."""

    objects: int = 0
    counts: dict[CopyResult, int] = field(default_factory=lambda: dict.fromkeys(CopyResult, 0))
    copied_bytes: int = 0
    failures: list[tuple[str, AudioDeskError]] = field(default_factory=list)
    """Keys with their errors."""
