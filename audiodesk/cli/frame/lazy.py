"""Loads each command when it is asked for, and keeps typer from loading what this command line does not use."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import typer
import typer.core

__all__ = ["LazyCommands", "take_plain_values_as_they_are"]


class LazyCommands(Mapping[str, Any]):
    """The commands by their names; a command's module is imported when the command is looked up, not before.

    ``places`` says where each is: ``"package.module:attribute"``, a function or a ``typer.Typer`` of commands.
    """

    def __init__(self, places: Mapping[str, str]) -> None:
        self._places = places
        self._built: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """Return the command ``name``, built. Raises KeyError."""
        if name not in self._built:
            self._built[name] = _build(name, self._places[name])
        return self._built[name]

    def __iter__(self) -> Iterator[str]:
        """Name all commands without loading any."""
        return iter(self._places)

    def __len__(self) -> int:
        """Count the commands."""
        return len(self._places)


def _build(name: str, place: str) -> Any:
    module, _, attribute = place.partition(":")
    found = getattr(importlib.import_module(module), attribute)
    holder = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
    if isinstance(found, typer.Typer):
        holder.add_typer(found, name=name)
    else:
        holder.command(name)(found)
    return typer.main.get_group(holder).commands[name]


def take_plain_values_as_they_are() -> None:
    """Let typer pass on texts, switches and missing values unchanged, without pydantic.

    Loading pydantic takes longer than all of ``tree``, and typer has no setting for it. typer converts other kinds of
    value in its usual way. If a version of typer is built differently, nothing is changed.
    """
    try:
        from typer._coercion import RuntimeParam, TypeDescriptor
    except ImportError:
        return
    core: Any = typer.core
    if not hasattr(core, "build_runtime_param") or hasattr(core.build_runtime_param, "takes_plain_values"):
        return  # the second time in one process, for example in tests: wrapping again would nest ever deeper
    usual: Callable[[TypeDescriptor], RuntimeParam] = core.build_runtime_param

    @dataclass(frozen=True)
    class Plain(RuntimeParam):
        descriptor: TypeDescriptor

        def _coerce_value(self, value: Any, param: Any, ctx: Any) -> Any:
            if self.annotation in (str, bool) and type(value) is self.annotation:
                return value
            if self.annotation == list[str] and all(type(item) is str for item in value):
                return list(value)
            return usual(self.descriptor)._coerce_value(value, param=param, ctx=ctx)  # noqa: SLF001  # its own kind

    def build(descriptor: TypeDescriptor) -> RuntimeParam:
        info = descriptor.parameter_info
        if info.parser is not None:
            return usual(descriptor)
        return Plain(info, descriptor.annotation, descriptor)

    build.takes_plain_values = True  # type: ignore[attr-defined]
    core.build_runtime_param = build
