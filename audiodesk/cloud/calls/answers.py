"""Models of the answers of the server's functions: an answer with a value of another type is an odd answer.

Loading pydantic takes as long as starting a whole command. So functions import this module when they read an answer,
and no module imports it at its head.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, ValidationError, model_validator

from audiodesk.cloud.calls.backend_health import BackendHealth, BucketState, PartsState
from audiodesk.cloud.calls.procedures import Procedures
from audiodesk.cloud.wire.errors import odd_answer
from audiodesk.domain.server.storage_usage import AccountLibrary, DatabaseUsage, ProjectUsage, StorageUsage
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
    "judged",
]

_LARGEST = 2**63 - 1
"""The largest value of PostgreSQL's bigint."""


class Answer(BaseModel):
    """An object of an answer. Members that only a newer server knows are ignored."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


_Answer = TypeVar("_Answer", bound=Answer)


def ask(kind: type[_Answer], procedures: Procedures, name: str, **arguments: object) -> _Answer:
    """Call the function ``name`` and return its answer as ``kind``.

    Raises what ``Procedures.document`` raises. Raises "server-answer-odd" also for an answer of another kind; its
    details name the place of the wrong member, but not its value.
    """
    return judged(kind, procedures.document(name, **arguments), procedures.host, name)


def judged(kind: type[_Answer], document: dict[str, Any], host: str, name: str) -> _Answer:
    """Return the answer of the function ``name`` as ``kind``; raise "server-answer-odd" if it is of another kind."""
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join([name, *map(str, first["loc"])])
        raise odd_answer(host, f"{place}: {first['type']}") from None
    except RecursionError:
        raise odd_answer(host, f"{name}: too deep") from None


def _no_null(value: Any) -> Any:
    return "" if value is None else value


def _moment(value: Any) -> str:
    """Return an RFC 3339 time unchanged, if it has an offset."""
    if not isinstance(value, str):
        raise ValueError("no text")
    moment = datetime.fromisoformat(value)
    # Near the ends of the calendar no local clock could show the time.
    if moment.tzinfo is None or not 1970 <= moment.year <= 9000:
        raise ValueError("no time")
    return value


def _is_plain(value: Any) -> bool:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return math.isfinite(value) and -_LARGEST <= value <= _LARGEST
    return value is None or isinstance(value, str | bool)


def _plains(value: Any) -> dict[str, Any]:
    """Return all members that are neither object nor array; a newer server may send such members too."""
    if not isinstance(value, dict):
        raise ValueError("no object")
    return {name: member for name, member in value.items() if _is_plain(member)}


def _file(value: Any) -> StoredFile:
    """Return the facts that this version knows; None for each missing one."""
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
    """What an account holds in the database, and its limit."""

    rows: Count
    allowed_rows: Count
    bytes: Count
    allowed_bytes: Count

    def usage(self) -> DatabaseUsage:
        """Return the usage in the program's terms."""
        return DatabaseUsage(self.rows, self.allowed_rows, self.bytes, self.allowed_bytes)


class ProjectAnswer(Answer):
    """What one project holds in storage."""

    id: Text = ""
    title: Text = ""
    used: Count
    takes: Count


class LibraryAnswer(Answer):
    """What the rows of an account hold."""

    titles: list[Text]
    sections: Count
    takes: Count
    bytes: Count
    changed_at: Count | None = None
    changed_on: Text = ""

    def library(self) -> AccountLibrary:
        """Return it in the program's terms."""
        return AccountLibrary(
            tuple(self.titles), self.sections, self.takes, self.bytes, self.changed_at, self.changed_on
        )


class UsageAnswer(Answer):
    """Answer of ``storage_usage``. An older server says nothing about the database and the library."""

    plan: Text = ""
    used: Count
    allowed: Count
    objects: Count
    projects: list[ProjectAnswer]
    database: DatabaseAnswer | None = None
    library: LibraryAnswer | None = None

    def usage(self) -> StorageUsage:
        """Return the usage in the program's terms."""
        return StorageUsage(
            plan=self.plan,
            used=self.used,
            allowed=self.allowed,
            objects=self.objects,
            projects=tuple(ProjectUsage(each.id, each.title, each.used, each.takes) for each in self.projects),
            database=None if self.database is None else self.database.usage(),
            library=None if self.library is None else self.library.library(),
        )


class PersonAnswer(Answer):
    """The owner of the storage."""

    id: Text = ""
    email: Text = ""
    created_at: Text = ""


class UsageOfAnswer(UsageAnswer):
    """Answer of ``support_usage``."""

    user: PersonAnswer
    last_upload_at: Text = ""

    def person(self) -> Person:
        """Return the person in the program's terms."""
        return Person(self.user.id, self.user.email, self.user.created_at)


class LookAnswer(Answer):
    """One look of support at a person's storage."""

    id: Text = ""
    at: Moment
    what: Text = ""
    continued: bool


class LooksAnswer(Answer):
    """Answer of ``support_access_log``."""

    looks: list[LookAnswer]
    more: bool

    def all(self) -> SupportLooks:
        """Return the looks in the program's terms."""
        looks = tuple(SupportLook(look.id, look.at, look.what, look.continued) for look in self.looks)
        return SupportLooks(looks, self.more)


class ProblemAnswer(Answer):
    """A problem in a person's storage, with its numbers."""

    code: Text = ""
    params: Annotated[Mapping[str, Any], PlainValidator(_plains)]


class ProblemsAnswer(Answer):
    """Answer of ``support_problems``."""

    problems: list[ProblemAnswer]
    counts: dict[str, Count]

    def all(self) -> tuple[StorageProblem, ...]:
        """Return the problems in the program's terms."""
        return tuple(StorageProblem(problem.code, problem.params) for problem in self.problems)


class FilesAnswer(Answer):
    """A page of ``support_files``; ``next`` is where the next page begins, empty after the last."""

    files: list[Annotated[StoredFile, PlainValidator(_file)]]
    next: Text = ""


class PartsAnswer(Answer):
    """Names of the parts of one kind that differ from the shipped ones."""

    missing: list[str]
    altered: list[str]

    def state(self) -> PartsState:
        """Return the state in the program's terms."""
        return PartsState(tuple(self.missing), tuple(self.altered))


class FunctionsAnswer(PartsAnswer):
    """Functions that differ, and those that anyone may call without a sign-in."""

    exposed: list[str]


class PolicyAnswer(Answer):
    """A policy on storage.objects that is not AudioDesk's."""

    name: Text = ""
    permissive: bool


class PoliciesAnswer(PartsAnswer):
    """AudioDesk's policies that differ, and foreign ones."""

    foreign: list[PolicyAnswer]


class TriggerAnswer(Answer):
    """All triggers on storage.objects together."""

    present: bool
    enabled: bool


class BucketAnswer(Answer):
    """The bucket for audio; a limit is None where the server sets none."""

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
        """Return the state in the program's terms."""
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
    """Which of AudioDesk's migrations are applied."""

    version: Text = ""
    applied: list[str]


class HealthAnswer(Answer):
    """Answer of ``backend_health``."""

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
        """Return the health in the program's terms."""
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
