"""Parts that are built when they are first asked for, once, and closed in reverse."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, overload

from audiodesk.domain.errors import BugError

__all__ = ["Scope", "lazy"]

S = TypeVar("S", bound="Scope")
T = TypeVar("T")


class Scope:
    """Owns parts that live equally long. A part that has a ``close`` is closed with the scope, the last built first."""

    def __init__(self) -> None:
        self._stack = contextlib.ExitStack()
        self._lock = threading.RLock()
        self._built: list[str] = []
        self._is_closed = False

    @property
    def is_closed(self) -> bool:
        """Whether nothing can be built any more."""
        return self._is_closed

    def is_built(self, name: str) -> bool:
        """Tell whether the part ``name`` was asked for."""
        return name in self.__dict__

    def if_built(self, name: str) -> Any:
        """Return the part ``name`` if it was asked for; else, and after ``close``, None. Builds nothing."""
        return self.__dict__.get(name)

    def close(self) -> None:
        """Close what was built. Idempotent. Afterwards each part raises BugError("library-closed")."""
        with self._lock:
            self._is_closed = True
            for name in self._built:
                self.__dict__.pop(name, None)
            self._built.clear()
        self._stack.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def _build(self, name: str, build: Callable[[], T]) -> T:
        with self._lock:
            if self._is_closed:
                raise BugError("library-closed")
            if name not in self.__dict__:
                made = build()
                if callable(close := getattr(made, "close", None)):
                    self._stack.callback(close)
                self._built.append(name)
                self.__dict__[name] = made
            result: T = self.__dict__[name]
            return result


class lazy(Generic[S, T]):  # noqa: N801  # used as a decorator, like ``property``
    """A part of a ``Scope``: the method below the decorator builds it.

    Once built it is a plain attribute, read without the lock: the window must not wait for a part that another thread
    is building.
    """

    def __init__(self, build: Callable[[S], T]) -> None:
        self._build = build
        self._name = build.__name__
        self.__doc__ = build.__doc__

    @overload
    def __get__(self, scope: None, owner: type[Any]) -> Self: ...

    @overload
    def __get__(self, scope: S, owner: type[Any]) -> T: ...

    def __get__(self, scope: S | None, owner: type[Any]) -> Self | T:
        """Return the part; the first call builds it."""
        if scope is None:
            return self
        return scope._build(self._name, lambda: self._build(scope))  # noqa: SLF001  # the two are one mechanism
