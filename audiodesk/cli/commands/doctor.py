"""The command that tests the set-up part by part and names what is missing."""

from __future__ import annotations

from audiodesk.cli.output.answer import Answer
from audiodesk.cli.output.asking import waiting_word
from audiodesk.cli.output.options import AsJson
from audiodesk.composition import Program
from audiodesk.domain.words.program.doctor_words import doctor_action, doctor_message, doctor_part, doctor_sum

__all__ = ["doctor"]


def doctor(*, as_json: AsJson = False) -> int:
    """Test the set-up, part by part, and name what is missing."""
    answer = Answer(as_json=as_json)
    checks = []
    with Program(face="command") as program:
        for report in program.doctor.reports(waiting_word):
            message, action = doctor_message(report), doctor_action(report)
            checks.append({"name": report.part, "ok": report.ok, "message": message, "action": action})
            answer.line(f"{'ok' if report.ok else 'NOT OK':<7} {doctor_part(report.part)}: {message}")
            if action:
                answer.line(f"{'':<7} {action}")
    all_well = all(check["ok"] for check in checks)
    answer.document({"checks": checks})
    answer.line(doctor_sum(all_well=all_well))
    return 0 if all_well else 1
