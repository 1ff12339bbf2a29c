"""The messages of ``doctor`` for the server's parts, and how to repair them."""

from __future__ import annotations

from collections.abc import Mapping

from audiodesk.domain import words

__all__ = ["asking_words", "server_actions", "server_messages", "server_parts", "silent_words"]


def asking_words(host: str) -> str:
    """Return the message while a server has not answered yet."""
    return words.tr("Asking {host} …").format(host=host)


def silent_words(host: str) -> str:
    """Return the message while a server leaves one request without an answer."""
    return words.tr("Waiting for {host}, which has not answered yet …").format(host=host)


def server_parts() -> Mapping[str, str]:
    """Return the shown names of the parts."""
    return {
        "server": words.tr("Server"),
        "accounts": words.tr("Accounts"),
        "sign-in": words.tr("Sign-in"),
        "keyring": words.tr("Keyring"),
        "last-sign-in": words.tr("Last sign-in"),
        "schema": words.tr("Schema"),
        "tables": words.tr("Tables"),
        "functions": words.tr("Functions"),
        "bucket": words.tr("Bucket"),
        "policies": words.tr("Policies"),
        "quota": words.tr("Quota"),
        "other-policies": words.tr("Other policies"),
        "storage": words.tr("Storage"),
        "clock": words.tr("Clock"),
    }


def server_messages() -> Mapping[tuple[str, str], str]:
    """Return the messages by part and finding."""
    return {
        ("", "trouble"): "{sentence}",
        ("server", "none"): words.tr("No server is set up; everything works on this computer."),
        ("server", "none-but-wanted"): words.tr("STORAGE_BACKEND asks for a server, and none is set up."),
        ("server", "fine"): words.tr("{host} is a Supabase project ({versions})."),
        ("server", "storage-trouble"): words.tr("Its storage does not work: {sentence}"),
        ("storage", "fine"): words.tr("A tiny file went up, was read back, and was removed."),
        ("storage", "full"): words.tr("It answers, and takes nothing more from you: {sentence}"),
        ("storage", "not-written"): words.tr("A tiny file could not go up: {sentence}"),
        ("storage", "not-read"): words.tr("A tiny file went up, and could not be read back: {sentence}"),
        ("storage", "differs"): words.tr("A tiny file went up, and other bytes came back."),
        ("storage", "not-removed"): words.tr("A tiny file could not be removed: {sentence}"),
        ("storage", "stays"): words.tr("A tiny file was removed, and is there still."),
        ("accounts", "fine"): words.tr("People sign in by e-mail, and can make an account of their own."),
        ("accounts", "autoconfirm"): words.tr(
            "People sign in by e-mail, and can make an account of their own; addresses are not confirmed."
        ),
        ("accounts", "closed"): words.tr("People sign in by e-mail; new accounts are made by the operator alone."),
        ("accounts", "no-email"): words.tr("Signing in by e-mail is switched off, and AudioDesk knows no other way."),
        ("keyring", "ready"): words.tr("{name} can hold the sign-in."),
        ("keyring", "locked"): words.tr("{name} is locked."),
        ("keyring", "none"): words.tr("There is none; a sign-in lasts until AudioDesk closes."),
        ("keyring", "silent"): words.tr("It does not answer."),
        ("keyring", "trouble"): words.tr("It cannot be reached."),
        ("keyring", "another"): words.tr("{name} answers, but the sign-in is in {held}."),
        ("sign-in", "not-tested"): words.tr("Not tested, and so neither are schema, bucket, policies and quota."),
        ("sign-in", "fine"): words.tr("{email} can sign in."),
        ("schema", "fine"): words.tr("It is there and current ({version}, PostgreSQL {server})."),
        ("schema", "newer"): words.tr("It is newer ({version}) than this AudioDesk."),
        ("schema", "not-there"): words.tr("AudioDesk's tables and functions are not on this server."),
        ("schema", "in-part"): words.tr("It is older than this AudioDesk, or was applied only in part."),
        ("schema", "behind"): words.tr("{missing} of {all} migrations have not been applied."),
        ("tables", "fine"): words.tr("All are there, each row for its owner alone."),
        ("tables", "missing"): words.tr("These are missing: {names}"),
        ("tables", "altered"): words.tr("These were changed by hand: {names}"),
        ("tables", "no-rls"): words.tr("Row level security is off for: {names}"),
        ("functions", "fine"): words.tr("All are there, for signed-in users alone."),
        ("functions", "missing"): words.tr("These are missing: {names}"),
        ("functions", "altered"): words.tr("These were changed by hand: {names}"),
        ("functions", "exposed"): words.tr("These can be called without a sign-in: {names}"),
        ("bucket", "fine"): words.tr("“audiofiles” is private and takes MP3 and WAV."),
        ("bucket", "small"): words.tr("“audiofiles” is private, but takes only {limit} a file."),
        ("bucket", "tiny"): words.tr("The bucket “audiofiles” takes only {limit} a file: hardly any take fits."),
        ("bucket", "no-limits"): words.tr(
            "“audiofiles” is private. It limits neither types nor sizes; AudioDesk's policies do."
        ),
        ("bucket", "no-types"): words.tr(
            "“audiofiles” is private. It does not limit the types; AudioDesk's policies do."
        ),
        ("bucket", "no-size"): words.tr(
            "“audiofiles” is private. It does not limit the sizes; AudioDesk's policies do."
        ),
        ("bucket", "missing"): words.tr("There is no bucket “audiofiles”."),
        ("bucket", "public"): words.tr("The bucket “audiofiles” is public: whoever has an address can hear the audio."),
        ("bucket", "types"): words.tr("The bucket “audiofiles” does not take {names}."),
        ("bucket", "versioned"): words.tr(
            "The bucket “audiofiles” keeps former versions ({status}): what is deleted stays, and counts."
        ),
        ("policies", "fine"): words.tr("All are in place: each user reaches their own files alone."),
        ("policies", "missing"): words.tr("These are missing: {names}"),
        ("policies", "altered"): words.tr("These were changed by hand: {names}"),
        ("quota", "fine"): words.tr("The triggers that keep it are in place."),
        ("quota", "missing"): words.tr("Triggers are missing, so nothing is counted: {names}"),
        ("quota", "altered"): words.tr("Triggers were changed by hand: {names}"),
        ("quota", "disabled"): words.tr("The trigger on storage.objects is switched off, so nothing is counted."),
        ("other-policies", "none"): words.tr("There are none on storage.objects."),
        ("other-policies", "some"): words.tr("{count} on storage.objects not made by AudioDesk: {names}"),
        ("other-policies", "forbidding"): words.tr(
            "{count} on storage.objects not made by AudioDesk only forbid: {names}"
        ),
        ("other-policies", "open"): words.tr(
            "Audio may be open to others through these, because AudioDesk's own do not all guard its bucket: {names}"
        ),
        ("clock", "fine"): words.tr("This computer and the server agree on the time."),
        ("clock", "ahead"): words.tr("This computer's clock is {minutes} minutes ahead of the server's."),
        ("clock", "behind"): words.tr("This computer's clock is {minutes} minutes behind the server's."),
    }


def server_actions() -> Mapping[tuple[str, str], str]:
    """Return the repairs by part and finding."""
    apply = words.tr("Run: audiodesk backend apply")
    repair = words.tr("Run: audiodesk backend apply --repair")
    return {
        ("", "trouble"): "{action}",
        ("server", "none-but-wanted"): words.tr(
            "Set SUPABASE_URL and SUPABASE_ANON_KEY, or leave STORAGE_BACKEND out."
        ),
        ("server", "storage-trouble"): "{action}",
        ("storage", "not-written"): "{action}",
        ("storage", "not-read"): "{action}",
        ("storage", "not-removed"): "{action}",
        ("storage", "differs"): words.tr("Tell the operator: something on the way keeps or changes what is stored."),
        ("storage", "stays"): words.tr("Tell the operator: the storage does not remove what it says it removes."),
        ("accounts", "no-email"): words.tr("Switch it on in the dashboard under Authentication, Sign In / Providers."),
        ("keyring", "locked"): words.tr("Unlock it; AudioDesk asks again by itself."),
        ("keyring", "none"): words.tr("On a server, set AUDIODESK_EMAIL and AUDIODESK_PASSWORD instead."),
        ("keyring", "silent"): words.tr("Look for its window, and unlock it."),
        ("keyring", "trouble"): words.tr("Start it, or sign in again."),
        ("keyring", "another"): words.tr("Start the former one, or sign in again."),
        ("sign-in", "not-tested"): words.tr(
            "To test them, sign in (audiodesk login), or set AUDIODESK_EMAIL and AUDIODESK_PASSWORD."
        ),
        ("schema", "newer"): words.tr("Install the newest AudioDesk when it suits you."),
        ("schema", "not-there"): apply,
        ("schema", "in-part"): apply,
        ("schema", "behind"): apply,
        ("tables", "missing"): repair,
        ("tables", "altered"): repair,
        ("tables", "no-rls"): words.tr(
            "Run: audiodesk backend apply --repair (of storage.objects only its owner can do it)"
        ),
        ("functions", "missing"): repair,
        ("functions", "altered"): repair,
        ("functions", "exposed"): repair,
        ("bucket", "small"): words.tr(
            "Raise it to 50 MB in the dashboard under Storage, if you want longer takes there."
        ),
        ("bucket", "tiny"): words.tr("Raise it to 50 MB in the dashboard under Storage."),
        ("bucket", "missing"): words.tr(
            "Make it in the dashboard under Storage: private, for MP3 and WAV, 50 MB a file."
        ),
        ("bucket", "public"): words.tr("Make it private now, in the dashboard under Storage."),
        ("bucket", "types"): words.tr("Allow them in the dashboard under Storage."),
        ("bucket", "versioned"): words.tr(
            "That can never be switched off. Copy the audio out, make the bucket anew without it, and copy it back: "
            "audiodesk backend objects copy"
        ),
        ("policies", "missing"): repair,
        ("policies", "altered"): repair,
        ("quota", "missing"): repair,
        ("quota", "altered"): repair,
        ("quota", "disabled"): repair,
        ("other-policies", "some"): words.tr("Check that each is meant; AudioDesk's own still guard its bucket."),
        ("other-policies", "forbidding"): words.tr("Check that each is meant."),
        ("other-policies", "open"): words.tr(
            "Run: audiodesk backend apply --repair. Then remove those of them that are not meant."
        ),
        ("clock", "ahead"): words.tr("Set the clock; letting the system keep it is best."),
        ("clock", "behind"): words.tr("Set the clock; letting the system keep it is best."),
    }
