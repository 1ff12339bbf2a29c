"""A sentence for each finding of a check, and what a person can do about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from audiodesk.domain import words
from audiodesk.domain.audio.findings import UNFINISHED_ENDINGS, Code, Finding
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.words import formats
from audiodesk.domain.words.errors.error_words import error_action, error_sentence

__all__ = ["OTHER_KINDS", "UNREADABLE_REASONS", "finding_action", "finding_sentence"]

_Params = Mapping[str, Any]


def finding_sentence(finding: Finding) -> str:
    """Return one sentence with the finding's number."""
    return _SENTENCES[finding.code](finding.params)


def finding_action(finding: Finding) -> str:
    """Return what to do about it in one sentence; empty if nothing needs to be done."""
    return _ACTIONS[finding.code](finding.params)


def _seconds(params: _Params, key: str = "seconds") -> float:
    return max(0.0, float(params.get(key, 0.0)))


def _count(params: _Params, key: str) -> int:
    return int(params.get(key, 0))


# --- sentences ---


def _truncated(params: _Params) -> str:
    there, claimed = _seconds(params), _seconds(params, "claimed_seconds")
    # Both in one shape, and exact enough to tell them apart.
    if claimed < 10 and formats.duration(there) != formats.duration(claimed):
        return _ends_after(formats.duration(there), formats.duration(claimed))
    decimals = 0 if int(there) != int(claimed) else 3
    return _ends_after(formats.length(there, decimals), formats.length(claimed, decimals))


def _ends_after(there: str, claimed: str) -> str:
    return words.tr("Ends after {there} of {claimed} – the recording or copy was interrupted.").format(
        there=there, claimed=claimed
    )


def _unfinished(params: _Params) -> str:
    length = formats.duration(_seconds(params))
    if params.get("whole"):
        return words.tr(
            "The header of this file does not say how long it is: {length} of audio fill it to its end."
        ).format(length=length)
    if params.get("claimed_seconds"):
        return words.tr(
            "The recorder never finished this file: {length} of audio are there, its header says {claimed}."
        ).format(length=length, claimed=formats.duration(_seconds(params, "claimed_seconds")))
    return words.tr(
        "The recorder never finished this file: {length} of audio are there, its header says nothing."
    ).format(length=formats.duration(_seconds(params)))


_HEADER_FIELDS: Mapping[str, str] = {
    "format": words.QT_TR_NOOP("The header of this WAV file is damaged: it does not say how the audio is stored."),
    "channels": words.QT_TR_NOOP("The header of this WAV file is damaged: its number of channels cannot be true."),
    "rate": words.QT_TR_NOOP("The header of this WAV file is damaged: its sample rate cannot be true."),
    "bits": words.QT_TR_NOOP("The header of this WAV file is damaged: its bits per sample cannot be true."),
}
_MENDED_FIELDS: Mapping[str, str] = {
    "bits": words.QT_TR_NOOP("bits per sample"),
    "block": words.QT_TR_NOOP("block align"),
    "byte-rate": words.QT_TR_NOOP("bytes per second"),
    "channels": words.QT_TR_NOOP("number of channels"),
    "rate": words.QT_TR_NOOP("sample rate"),
    "size": words.QT_TR_NOOP("size"),
}


def _damaged(params: _Params) -> str:
    field = str(params.get("field", ""))
    if params.get("whole") and field in _MENDED_FIELDS:
        return words.tr(
            "A number in the header of this file is wrong ({name}); all {length} of the audio are there."
        ).format(name=words.tr(_MENDED_FIELDS[field]), length=formats.duration(_seconds(params)))
    return words.tr(_HEADER_FIELDS.get(field, _HEADER_FIELDS["format"]))


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

UNREADABLE_REASONS: Mapping[str, str] = {
    "missing": words.QT_TR_NOOP("The file is not there."),
    "denied": words.QT_TR_NOOP("You are not allowed to read this file."),
    "pipe": words.QT_TR_NOOP("This is a named pipe, not a file."),
    "device": words.QT_TR_NOOP("This is a device, not a file."),
    "socket": words.QT_TR_NOOP("This is a socket, not a file."),
    "loop": words.QT_TR_NOOP("This is a link that leads back to itself."),
    "link": words.QT_TR_NOOP("This is a link to something outside of what was added; add that itself if you want it."),
    "folder": words.QT_TR_NOOP("This is a folder, not a file."),
    "io": words.QT_TR_NOOP("The disk could not read this file."),
}
"""A sentence for each ``reason`` of ``unreadable``."""

_FAILED: Mapping[str, str] = {
    "crashed": words.QT_TR_NOOP("The decoder crashed on this file: it is damaged in a way that nobody foresaw."),
    "timeout": words.QT_TR_NOOP("Checking this file took too long and was stopped."),
    "memory": words.QT_TR_NOOP("Checking this file needed more memory than any sound file does, and was stopped."),
}


def _form(text: str) -> str:
    """Return "22.05 kHz stereo" for "22050/2", with MPEG's layer for a third number; empty for other text."""
    parts = text.split("/")
    if len(parts) < 2 or not all(part.isdecimal() for part in parts):
        return ""
    rate, channels, *layer = (int(part) for part in parts)
    name = words.tr("{rate} mono") if channels == 1 else words.tr("{rate} stereo")
    said = name.format(rate=formats.sample_rate(rate))
    return words.tr("{form}, MPEG layer {layer}").format(form=said, layer="I" * layer[0]) if layer else said


def _format_changes(params: _Params) -> str:
    before, after = _form(str(params.get("from", ""))), _form(str(params.get("to", "")))
    at = formats.length(_seconds(params, "at"))
    said = words.tr("The format of the audio changes at {at}.").format(at=at)
    if before and after:
        said = words.tr("The audio changes from {before} to {after} at {at}.").format(before=before, after=after, at=at)
    if not (more := _count(params, "more")):
        return said
    again = words.tr("It changes {count} more times after that.", "It changes {count} more time after that.", more)
    return f"{said} {again.format(count=formats.number(more))}"


def _header_short(params: _Params) -> str:
    return words.tr("The header of this MP3 says that it ends at {at}, but more audio follows.").format(
        at=formats.length(_seconds(params, "at"))
    )


def _still_being_written(params: _Params) -> str:
    if params.get("waits"):
        return words.tr("Still being written; it is added when that is done.")
    return words.tr("Another program is still writing this file.")


def _not_finished(params: _Params) -> str:
    if params.get("waits"):
        return words.tr("Not finished; it is added when it has its true name.")
    return words.tr("Not finished: “{ending}” stands for a file that is still on its way.").format(
        ending=params.get("ending", "")
    )


def _when_finished(params: _Params) -> str:
    return "" if params.get("waits") else words.tr("Add it again when it is finished.")


def _junk(params: _Params) -> str:
    amount = formats.size(_count(params, "bytes"))
    where = params.get("where")
    if where == "before":
        text = words.tr("{size} in front of the audio belong to nothing.")
    elif where == "inside":
        text = words.tr("{size} in the middle of the audio belong to nothing – a click or a gap may be heard there.")
    else:
        text = words.tr("{size} behind the audio belong to nothing.")
    return text.format(size=amount)


def _misnamed(params: _Params) -> str:
    return words.tr("This is {kind}, although its name ends in .{ending}.").format(
        kind=str(params.get("kind", "")).upper(), ending=params.get("ending", "")
    )


def _about_the_ending(params: _Params) -> str:
    if f".{params.get('ending', '')}" in UNFINISHED_ENDINGS:  # an import does not take a file with this name
        return words.tr("That ending stands for a file that is still on its way: add it when it has its true name.")
    return words.tr("In AudioDesk it has the right ending; nothing needs to be done.")


def _decode_error(params: _Params) -> str:
    return words.tr("The decoder stopped at {at}: what follows could not be read.").format(
        at=formats.length(_seconds(params))
    )


def _more_audio(params: _Params) -> str:
    count = _count(params, "count") or 1
    return words.tr(
        "{count} more recordings of {length} together follow in this file, which players do not play.",
        "Another recording of {length} follows in this file, which players do not play.",
        count,
    ).format(length=formats.duration(_seconds(params)), count=formats.number(count))


def _end_missing(params: _Params) -> str:
    return words.tr(
        "The end is {count} ms earlier than the header says: less than a video frame, and nothing was cut."
    ).format(count=formats.number(max(0.1, _seconds(params) * 1000), 1))


def _silence(params: _Params) -> str:
    if params.get("whole"):
        return words.tr("Nothing but silence is in this file.")
    return words.tr("{length} of silence from {at} on.").format(
        length=formats.duration(_seconds(params)), at=formats.length(_seconds(params, "at"))
    )


def _clipping(params: _Params) -> str:
    count = _count(params, "count")
    if params.get("whole"):
        return words.tr("Too loud from beginning to end: the tops of the waves are cut off everywhere.")
    return words.tr(
        "Too loud at {count} places, first at {at}: the tops of the waves are cut off.",
        "Too loud at {count} place, at {at}: the tops of the waves are cut off.",
        count,
    ).format(count=formats.number(count), at=formats.length(_seconds(params, "at")))


def _dc_offset(params: _Params) -> str:
    return words.tr("The waveform is shifted off its middle by {percent} % (DC offset).").format(
        percent=formats.number(float(params.get("percent", 0.0)), 1)
    )


def _dead_channel(params: _Params) -> str:
    channel = str(params.get("channel", ""))
    if channel == "left":
        return words.tr("The left channel is silent.")
    if channel == "right":
        return words.tr("The right channel is silent.")
    return words.tr("Channel {number} is silent.").format(number=channel or "?")


_SENTENCES: Mapping[Code, Callable[[_Params], str]] = {
    Code.TRUNCATED: _truncated,
    Code.UNFINISHED_HEADER: _unfinished,
    Code.NO_AUDIO: lambda _: words.tr("There is no audio in this file, only its header."),
    Code.DAMAGED_HEADER: _damaged,
    Code.UNSUPPORTED_ENCODING: lambda params: words.tr(
        "The audio is stored as {encoding}, which AudioDesk does not take."
    ).format(encoding=params.get("encoding", "")),
    Code.NOT_MP3_OR_WAV: lambda params: words.tr(OTHER_KINDS.get(params.get("what", ""), OTHER_KINDS["unknown"])),
    Code.CHANGED_WHILE_READ: lambda _: words.tr("The file changed while it was read."),
    Code.STILL_BEING_WRITTEN: _still_being_written,
    Code.NOT_FINISHED: _not_finished,
    Code.UNREADABLE: lambda params: words.tr(
        UNREADABLE_REASONS.get(params.get("reason", ""), UNREADABLE_REASONS["io"])
    ),
    Code.NOT_COPIED: lambda params: error_sentence(_error(params)),
    Code.CHECK_FAILED: lambda params: words.tr(_FAILED.get(params.get("reason", ""), _FAILED["crashed"])),
    Code.MISNAMED: _misnamed,
    Code.LAST_FRAME_CUT: lambda params: words.tr(
        "The last {size} are an incomplete frame: a few hundredths of a second are lost."
    ).format(size=formats.size(_count(params, "bytes"))),
    Code.FORMAT_CHANGES: _format_changes,
    Code.HEADER_SHORT: _header_short,
    Code.JUNK: _junk,
    Code.MORE_AUDIO: _more_audio,
    Code.TAG_OVERRUN: lambda params: words.tr("A tag says it is {size} longer than the file has room for.").format(
        size=formats.size(_count(params, "bytes"))
    ),
    Code.TOO_LARGE_FOR_CLOUD: lambda params: words.tr(
        "Too large for the cloud by {size}: a file there has at most 50 MB."
    ).format(size=formats.size(_count(params, "over"))),
    Code.DECODE_ERROR: _decode_error,
    Code.LENGTH_UNPROVEN: lambda _: words.tr(
        "Nothing in this MP3 says how long it was meant to be, so a missing end would not show."
    ),
    Code.END_MISSING: _end_missing,
    Code.HEADER_LAYOUT: lambda _: words.tr(
        "The header of this file is laid out in a way that players do not expect; nothing of the audio is missing."
    ),
    Code.SUBFORMAT: lambda params: words.tr("The samples are plain PCM, marked as {name}.").format(
        name=params.get("name", "")
    ),
    Code.SILENCE: _silence,
    Code.CLIPPING: _clipping,
    Code.DC_OFFSET: _dc_offset,
    Code.DEAD_CHANNEL: _dead_channel,
}


# --- what to do ---


def _none(_: _Params) -> str:
    return ""


def _keep(params: _Params) -> str:
    return words.tr("Copy it again from the recorder, or keep the {length} as a repaired copy.").format(
        length=formats.duration(_seconds(params))
    )


def _other_kind(params: _Params) -> str:
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


def _unreadable(params: _Params) -> str:
    reason = params.get("reason", "")
    if reason == "denied":
        return words.tr("Change the file's permissions, or copy it to a folder of yours.")
    if reason == "io":
        return words.tr("Connect its disk again and press Retry, or copy it again from the recorder.")
    if reason == "folder":
        return words.tr("Add the files in it.")
    if reason == "missing":
        return words.tr("Connect its disk again and press Retry, or look where it went and add it from there.")
    return words.tr("Add the recording itself.")


def _not_copied(params: _Params) -> str:
    if needed := _count(params, "needed"):
        return words.tr("{size} more is needed: make room on the disk, then press Retry.").format(
            size=formats.size(needed)
        )
    return error_action(_error(params))


def _error(params: _Params) -> AudioDeskError:
    own = {name: value for name, value in params.items() if name not in ("error", "needed", "details", "retry_after")}
    code = str(params.get("error", ""))
    return AudioDeskError(code, **own)


def _completed(_: _Params) -> str:
    return words.tr("A copy with a true header is made and plays; the file as it is is kept as well.")


def _export_16_bit(_: _Params) -> str:
    return words.tr("Export it as WAV (16 or 24 bit PCM) or as MP3 with a constant bit rate, and add that.")


_ACTIONS: Mapping[Code, Callable[[_Params], str]] = {
    Code.TRUNCATED: _keep,
    Code.UNFINISHED_HEADER: lambda params: (
        _completed(params)
        if params.get("whole")
        else words.tr("Keep the {length} as a repaired copy.").format(length=formats.duration(_seconds(params)))
    ),
    Code.NO_AUDIO: lambda _: words.tr("Look on the recorder whether the recording is there, and copy it again."),
    Code.DAMAGED_HEADER: lambda params: (
        _completed(params)
        if params.get("whole")
        else words.tr("Copy it again from the recorder, or open it in an audio editor and export it as WAV.")
    ),
    Code.UNSUPPORTED_ENCODING: _export_16_bit,
    Code.NOT_MP3_OR_WAV: _other_kind,
    Code.CHANGED_WHILE_READ: lambda _: words.tr("Wait until the recorder or the copy has finished, and add it again."),
    Code.STILL_BEING_WRITTEN: _when_finished,
    Code.NOT_FINISHED: _when_finished,
    Code.UNREADABLE: _unreadable,
    Code.NOT_COPIED: _not_copied,
    Code.CHECK_FAILED: lambda _: words.tr("Open it in an audio editor, export it as WAV or MP3 and add that."),
    Code.MISNAMED: _about_the_ending,
    Code.LAST_FRAME_CUT: lambda _: words.tr("Listen to the end; copy it again if words are missing."),
    Code.FORMAT_CHANGES: lambda _: words.tr(
        "Listen to it there; some players stop or change speed, so export it again."
    ),
    Code.HEADER_SHORT: lambda _: words.tr("Some players stop there; export it again to be heard whole everywhere."),
    Code.JUNK: lambda params: (
        words.tr("Listen to it, and export it again if something is wrong.") if params.get("where") == "inside" else ""
    ),
    Code.MORE_AUDIO: lambda _: words.tr("Add it as a take of its own."),
    Code.TAG_OVERRUN: _none,
    Code.TOO_LARGE_FOR_CLOUD: lambda _: words.tr("It stays on this computer; add it as MP3 to have it in the cloud."),
    Code.DECODE_ERROR: lambda _: words.tr("Listen to it there, and export or copy it again if something is missing."),
    Code.LENGTH_UNPROVEN: lambda _: words.tr("Listen to the end once."),
    Code.END_MISSING: _none,
    Code.HEADER_LAYOUT: _none,
    Code.SUBFORMAT: _none,
    Code.SILENCE: lambda params: (
        words.tr("Listen to it: the microphone may have been off.") if params.get("whole") else ""
    ),
    Code.CLIPPING: lambda _: words.tr("Record it again with less gain if you hear it."),
    Code.DC_OFFSET: lambda _: words.tr("Remove the DC offset in an audio editor."),
    Code.DEAD_CHANNEL: lambda _: words.tr("Export it in mono, or check the cable."),
}
