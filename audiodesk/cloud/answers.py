"""The answers of the server's functions, as models: a value of another type than promised is an odd answer.

Loading pydantic takes as long as starting a whole command, so this module is imported where an answer is read, and
nowhere at the head of a file.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, ValidationError, model_validator

from audiodesk.cloud.errors import odd_answer
from audiodesk.cloud.procedures import Procedures
from audiodesk.domain.server.backend_health import BackendHealth, BucketState, PartsState
from audiodesk.domain.server.storage_usage import DatabaseUsage, ProjectUsage, StorageUsage
from audiodesk.domain.server.support import FILE_FACTS, Person, StorageProblem, StoredFile
from audiodesk.domain.server.support_looks import SupportLook, SupportLooks

__all__ = [
    "Answer",
    "FilesAnswer",
    "HealthAnswer",
    "LooksAnswer",
    "ProblemsAnswer",
    "UsageAnswer",
    "UsageOfAnswer",
    "ask",
]

_LARGEST = 2**63 - 1
"""Of PostgreSQL's bigint."""


class Answer(BaseModel):
    """An object of an answer. A newer server may send members that this version does not know: they are passed over."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


_Answer = TypeVar("_Answer", bound=Answer)


def ask(kind: type[_Answer], procedures: Procedures, name: str, **arguments: object) -> _Answer:
    """Call the function ``name`` and return its answer as ``kind``.

    Raises what ``Procedures.document`` raises; "server-answer-odd" also for an answer that is not of this kind, with
    the member's place in its details and nothing of the value.
    """
    document = procedures.document(name, **arguments)
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join([name, *map(str, first["loc"])])
        raise odd_answer(procedures.host, f"{place}: {first['type']}") from None
    except RecursionError:
        raise odd_answer(procedures.host, f"{name}: too deep") from None


def _no_null(value: Any) -> Any:
    return "" if value is None else value


def _moment(value: Any) -> str:
    """Return an RFC 3339 time as it came; its offset is there."""
    if not isinstance(value, str):
        raise ValueError("no text")
    moment = datetime.fromisoformat(value)
    # Near the ends of the calendar no clock here could show it.
    if moment.tzinfo is None or not 1970 <= moment.year <= 9000:
        raise ValueError("no time")
    return value


def _is_plain(value: Any) -> bool:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return math.isfinite(value) and -_LARGEST <= value <= _LARGEST
    return value is None or isinstance(value, str | bool)


def _plains(value: Any) -> dict[str, Any]:
    """Return all members that are neither object nor array; a newer server may send others too."""
    if not isinstance(value, dict):
        raise ValueError("no object")
    return {name: member for name, member in value.items() if _is_plain(member)}


def _file(value: Any) -> StoredFile:
    """Return the facts that this version knows; None for one that is missing."""
    if not isinstance(value, dict):
        raise ValueError("no object")
    facts = {fact: value.get(fact) for fact in FILE_FACTS}
    if not all(map(_is_plain, facts.values())):
        raise ValueError("no plain value")
    return facts


Text = Annotated[str, BeforeValidator(_no_null)]
"""A text; empty where it is null or, with ``= ""``, missing."""
Count = Annotated[int, Field(ge=0, le=_LARGEST)]
"""A whole number that is not negative."""
Moment = Annotated[str, PlainValidator(_moment)]


class DatabaseAnswer(Answer):
    """What an account holds in the database, and may hold."""

    rows: Count
    allowed_rows: Count
    bytes: Count
    allowed_bytes: Count

    def usage(self) -> DatabaseUsage:
        """Return it in the program's terms."""
        return DatabaseUsage(self.rows, self.allowed_rows, self.bytes, self.allowed_bytes)


class ProjectAnswer(Answer):
    """What one project holds of the storage."""

    id: Text = ""
    title: Text = ""
    used: Count
    takes: Count


class UsageAnswer(Answer):
    """``storage_usage``. An older server tells nothing of the database."""

    plan: Text = ""
    used: Count
    allowed: Count
    objects: Count
    projects: list[ProjectAnswer]
    database: DatabaseAnswer | None = None

    def usage(self) -> StorageUsage:
        """Return it in the program's terms."""
        return StorageUsage(
            plan=self.plan,
            used=self.used,
            allowed=self.allowed,
            objects=self.objects,
            projects=tuple(ProjectUsage(each.id, each.title, each.used, each.takes) for each in self.projects),
            database=None if self.database is None else self.database.usage(),
        )


class PersonAnswer(Answer):
    """Whose storage it is."""

    id: Text = ""
    email: Text = ""
    created_at: Text = ""


class UsageOfAnswer(UsageAnswer):
    """``support_usage``."""

    user: PersonAnswer
    last_upload_at: Text = ""

    def person(self) -> Person:
        """Return it in the program's terms."""
        return Person(self.user.id, self.user.email, self.user.created_at)


class LookAnswer(Answer):
    """One look of support at a person's storage."""

    id: Text = ""
    at: Moment
    what: Text = ""
    continued: bool


class LooksAnswer(Answer):
    """``support_access_log``."""

    looks: list[LookAnswer]
    more: bool

    def all(self) -> SupportLooks:
        """Return it in the program's terms."""
        looks = tuple(SupportLook(look.id, look.at, look.what, look.continued) for look in self.looks)
        return SupportLooks(looks, self.more)


class ProblemAnswer(Answer):
    """Something that is not as it should be, and its numbers."""

    code: Text = ""
    params: Annotated[Mapping[str, Any], PlainValidator(_plains)]


class ProblemsAnswer(Answer):
    """``support_problems``."""

    problems: list[ProblemAnswer]
    counts: dict[str, Count]

    def all(self) -> tuple[StorageProblem, ...]:
        """Return the problems in the program's terms."""
        return tuple(StorageProblem(problem.code, problem.params) for problem in self.problems)


class FilesAnswer(Answer):
    """A page of ``support_files``; ``next`` is where the following page begins, empty after the last."""

    files: list[Annotated[StoredFile, PlainValidator(_file)]]
    next: Text = ""


class PartsAnswer(Answer):
    """Parts of one kind that are not as they were shipped, by name."""

    missing: list[str]
    altered: list[str]

    def state(self) -> PartsState:
        """Return it in the program's terms."""
        return PartsState(tuple(self.missing), tuple(self.altered))


class FunctionsAnswer(PartsAnswer):
    """Functions, and which of them may be called without a sign-in."""

    exposed: list[str]


class PolicyAnswer(Answer):
    """A policy on storage.objects that is not ours."""

    name: Text = ""
    permissive: bool


class PoliciesAnswer(PartsAnswer):
    """Policies of ours, and those that are not."""

    foreign: list[PolicyAnswer]


class TriggerAnswer(Answer):
    """The triggers on storage.objects, all of them together."""

    present: bool
    enabled: bool


class BucketAnswer(Answer):
    """The bucket for audio; without limits where the server sets none."""

    exists: bool
    public: bool | None = None
    versioning: Text = ""
    file_size_limit: Count | None = None
    allowed_mime_types: list[str] | None = None

    @model_validator(mode="after")
    def _is_described(self) -> BucketAnswer:
        if self.exists and self.public is None:
            raise ValueError("public is missing")
        return self

    def state(self) -> BucketState:
        """Return it in the program's terms."""
        if not self.exists:
            return BucketState(exists=False)
        return BucketState(
            exists=True,
            public=bool(self.public),
            versioning=self.versioning or "DISABLED",
            file_size_limit=self.file_size_limit,
            allowed_types=None if self.allowed_mime_types is None else tuple(self.allowed_mime_types),
        )


class SchemaAnswer(Answer):
    """Which of our migrations are there."""

    version: Text = ""
    applied: list[str]


class HealthAnswer(Answer):
    """``backend_health``."""

    schema_state: SchemaAnswer = Field(alias="schema")
    tables: PartsAnswer
    functions: FunctionsAnswer
    triggers: PartsAnswer
    policies: PoliciesAnswer
    without_rls: list[str]
    trigger: TriggerAnswer
    bucket: BucketAnswer
    server_version: Text = ""
    now: Text = ""

    def health(self) -> BackendHealth:
        """Return it in the program's terms."""
        foreign = self.policies.foreign
        return BackendHealth(
            version=self.schema_state.version,
            applied=tuple(self.schema_state.applied),
            tables=self.tables.state(),
            functions=self.functions.state(),
            triggers=self.triggers.state(),
            policies=self.policies.state(),
            exposed=tuple(self.functions.exposed),
            without_rls=tuple(self.without_rls),
            trigger_enabled=self.trigger.present and self.trigger.enabled,
            foreign_policies=tuple(policy.name for policy in foreign),
            permissive_policies=tuple(policy.name for policy in foreign if policy.permissive),
            bucket=self.bucket.state(),
            server_version=self.server_version.split(" ")[0],
            now=_seconds(self.now),
        )


def _seconds(text: str) -> float | None:
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError):
        return None
