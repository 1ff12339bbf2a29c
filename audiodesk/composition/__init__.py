"""The composition root: the only place where services are built, from the bottom up, and closed in reverse.

``Program`` is what the process has once. ``Program.open`` gives a ``Core``, one library; ``Core.sign_in`` gives an
``Account``, what that library has only with a sign-in. Commands without a library use ``Program.sign_in``.
"""

from __future__ import annotations

from audiodesk.composition.core import Core
from audiodesk.composition.program import Face, Program, open_core

__all__ = ["Core", "Face", "Program", "open_core"]
