"""Asks what to do where a library could not be brought into an account, or could not follow its server."""

from __future__ import annotations

from typing import Literal

from PySide6.QtWidgets import QMessageBox

from audiodesk.domain import words
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.words.errors.error_words import error_action, error_sentence
from audiodesk.domain.words.server.moved_words import not_moved_yet
from audiodesk.services.account.server_move import ServerMove

__all__ = ["PlanAnswer", "ask_about_plan"]

PlanAnswer = Literal["again", "leave-apart", "later"]


def ask_about_plan(error: AudioDeskError, server_move: ServerMove) -> PlanAnswer:
    """Say why it was not possible, and what follows; Esc is "later": the next start tries again."""
    told = [error_action(error)]
    plan = server_move.planned()
    leave = words.tr("Leave it apart")
    if plan is not None:
        told.append(not_moved_yet(plan.former, plan.host))
        leave = words.tr("Leave it at {former}").format(former=plan.former)
    box = QMessageBox(QMessageBox.Icon.Warning, "AudioDesk", error_sentence(error))
    box.setInformativeText("\n\n".join(part for part in told if part))
    box.setDetailedText(error.details)
    again = box.addButton(words.tr("Try again"), QMessageBox.ButtonRole.AcceptRole)
    apart = box.addButton(leave, QMessageBox.ButtonRole.DestructiveRole)
    later = box.addButton(words.tr("Later"), QMessageBox.ButtonRole.RejectRole)
    box.setEscapeButton(later)
    box.exec()
    clicked = box.clickedButton()
    return "again" if clicked == again else "leave-apart" if clicked == apart else "later"
