"""Sentences for files that are neither MP3 nor WAV: what kind each is, and what to do with it."""

from __future__ import annotations

from collections.abc import Mapping

from audiodesk.domain import words
from audiodesk.domain.words.audio.finding_params import Params

__all__ = ["OTHER_KINDS", "other_kind_action", "other_kind_sentence"]

OTHER_KINDS: Mapping[str, str] = {
    "empty": words.QT_TR_NOOP("The file is empty: 0 bytes."),
    "zeros": words.QT_TR_NOOP("The file holds nothing but zeros – a copy or a card went wrong."),
    "flac": words.QT_TR_NOOP("This is a FLAC file, not MP3 or WAV."),
    "ogg": words.QT_TR_NOOP("This is an Ogg file (Vorbis or Opus), not MP3 or WAV."),
    "aiff": words.QT_TR_NOOP("This is an AIFF file, not MP3 or WAV."),
    "m4a": words.QT_TR_NOOP("This is an M4A file (AAC or ALAC), not MP3 or WAV."),
    "aac": words.QT_TR_NOOP("This is an AAC file, not MP3 or WAV."),
    "mp4-audio": words.QT_TR_NOOP("This is an MP4 file with audio alone, not MP3 or WAV."),
    "mka": words.QT_TR_NOOP("This is a Matroska audio file (MKA), not MP3 or WAV."),
    "webm-audio": words.QT_TR_NOOP("This is a WebM audio file (Opus or Vorbis), not MP3 or WAV."),
    "flash-audio": words.QT_TR_NOOP("This is a Flash file with audio alone, not MP3 or WAV."),
    "mpeg-audio": words.QT_TR_NOOP("This is an MPEG stream with audio alone, not MP3 or WAV."),
    "caf": words.QT_TR_NOOP("This is a Core Audio file, not MP3 or WAV."),
    "wma": words.QT_TR_NOOP("This is a Windows Media file, not MP3 or WAV."),
    "amr": words.QT_TR_NOOP("This is an AMR voice memo, not MP3 or WAV."),
    "au": words.QT_TR_NOOP("This is an AU file, not MP3 or WAV."),
    "wavpack": words.QT_TR_NOOP("This is a WavPack file, not MP3 or WAV."),
    "ape": words.QT_TR_NOOP("This is a Monkey's Audio file, not MP3 or WAV."),
    "dsd": words.QT_TR_NOOP("This is a DSD file, not MP3 or WAV."),
    "musepack": words.QT_TR_NOOP("This is a Musepack file, not MP3 or WAV."),
    "tta": words.QT_TR_NOOP("This is a True Audio file, not MP3 or WAV."),
    "ac3": words.QT_TR_NOOP("This is an AC-3 file, not MP3 or WAV."),
    "dts": words.QT_TR_NOOP("This is a DTS file, not MP3 or WAV."),
    "realmedia": words.QT_TR_NOOP("This is a RealMedia file, not MP3 or WAV."),
    "optimfrog": words.QT_TR_NOOP("This is an OptimFROG file, not MP3 or WAV."),
    "shorten": words.QT_TR_NOOP("This is a Shorten file, not MP3 or WAV."),
    "dss": words.QT_TR_NOOP("This is a dictation file (DSS), not MP3 or WAV."),
    "voc": words.QT_TR_NOOP("This is a Creative Voice file, not MP3 or WAV."),
    "midi": words.QT_TR_NOOP("This is a MIDI file: notes, not a recording."),
    "video": words.QT_TR_NOOP("This is a video, not MP3 or WAV."),
    "html": words.QT_TR_NOOP("This is a web page, not audio – the download went wrong."),
    "text": words.QT_TR_NOOP("This is a text, not audio."),
    "pdf": words.QT_TR_NOOP("This is a PDF, not audio."),
    "image": words.QT_TR_NOOP("This is a picture, not audio."),
    "office": words.QT_TR_NOOP("This is an office document, not audio."),
    "archive": words.QT_TR_NOOP("This is an archive, such as ZIP, not audio."),
    "database": words.QT_TR_NOOP("This is a database or the project of an audio editor, not MP3 or WAV."),
    "program": words.QT_TR_NOOP("This is a program, not audio."),
    "macos-sidecar": words.QT_TR_NOOP(
        "This is a hidden companion file from a Mac; the recording itself is another file."
    ),
    "peaks": words.QT_TR_NOOP("This is a waveform picture of Reaper's; the recording itself is another file."),
    "unknown": words.QT_TR_NOOP("This is neither MP3 nor WAV, and nothing that AudioDesk knows."),
}
"""A sentence for each ``what`` of ``not-mp3-or-wav``."""

_NO_AUDIO = frozenset(
    {"empty", "zeros", "midi", "video", "html", "text", "pdf", "image", "office", "archive", "database", "program"}
    | {"macos-sidecar", "peaks", "unknown"}
)

_AUDIO = frozenset(OTHER_KINDS) - _NO_AUDIO


def other_kind_sentence(params: Params) -> str:
    """Return what kind of file it is, by ``what``."""
    return words.tr(OTHER_KINDS.get(params.get("what", ""), OTHER_KINDS["unknown"]))


def other_kind_action(params: Params) -> str:
    """Return how to get an MP3 or WAV file from it."""
    what = params.get("what", "")
    if what in _AUDIO:
        return words.tr("Export it as WAV or MP3 and add that.")
    if what == "video":
        return words.tr("Export its sound as WAV or MP3 and add that.")
    if what == "archive":
        return words.tr("Unpack it and add what is inside.")
    if what in ("empty", "zeros"):
        return words.tr("Copy it again from the recorder.")
    if what == "html":
        return words.tr("Download it again, and open it once before you add it.")
    if what == "database":
        return words.tr("Open it in the editor, export it as WAV or MP3 and add that.")
    return words.tr("Add the MP3 or WAV file instead.")
