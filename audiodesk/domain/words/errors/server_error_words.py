"""Sentences for a server that cannot be reached, or that refuses: what happened, and one thing to do about it."""

from __future__ import annotations

from audiodesk.domain import words

__all__ = ["NETWORK_ERRORS", "SERVER_SETTING_ERRORS", "SIGN_IN_ERRORS", "SUPPORT_ERRORS"]

SERVER_SETTING_ERRORS: dict[str, tuple[str, str]] = {
    "server-not-set": (
        words.QT_TR_NOOP("No server is set up: everything is on this computer alone."),
        words.QT_TR_NOOP(
            "To use one, set its address and key: in the settings, or with SUPABASE_URL and SUPABASE_ANON_KEY."
        ),
    ),
    "server-half-set": (
        words.QT_TR_NOOP("The server is only half set up: {name} is missing."),
        words.QT_TR_NOOP(
            "Set it too. The address (SUPABASE_URL) and the public key (SUPABASE_ANON_KEY) are those of one project."
        ),
    ),
    "server-address-wrong": (
        words.QT_TR_NOOP("The server's address is not the address of a server."),
        words.QT_TR_NOOP(
            "It should look like https://abcdefghijklmnopqrst.supabase.co (SUPABASE_URL), without a name or password."
        ),
    ),
    "server-address-insecure": (
        words.QT_TR_NOOP("The server's address would send your sign-in to {host} unencrypted."),
        words.QT_TR_NOOP("Let it begin with https://. Only a server on this computer may do without."),
    ),
    "server-address-dashboard": (
        words.QT_TR_NOOP("The server's address names Supabase's dashboard, not a project in it."),
        words.QT_TR_NOOP("Use the project URL, which the dashboard shows in the project under “Connect”."),
    ),
    "server-address-database": (
        words.QT_TR_NOOP("This is the address of a database, with its password perhaps."),
        words.QT_TR_NOOP(
            "Use the project URL, which begins with https://. The database's address belongs nowhere here."
        ),
    ),
    "server-key-wrong": (
        words.QT_TR_NOOP("The key is not a project's public key; it may have been cut short while copying."),
        words.QT_TR_NOOP("Copy the anon or publishable key again, as a whole (SUPABASE_ANON_KEY)."),
    ),
    "server-key-other-project": (
        words.QT_TR_NOOP("The key belongs to the project {theirs}, the address to {ours}."),
        words.QT_TR_NOOP("Use the address and the key of the same project."),
    ),
    "service-key-refused": (
        words.QT_TR_NOOP("This is a secret key, which opens every user's files. It was not used."),
        words.QT_TR_NOOP("Use the anon or publishable key instead, and keep the secret one nowhere on this computer."),
    ),
    "service-key-missing": (
        words.QT_TR_NOOP("SUPABASE_SERVICE_ROLE_KEY is not set, and only that key reads and writes everybody's files."),
        words.QT_TR_NOOP("Set it for this one shell, unseen: read -rs SUPABASE_SERVICE_ROLE_KEY && export it."),
    ),
    "service-key-wrong": (
        words.QT_TR_NOOP("SUPABASE_SERVICE_ROLE_KEY is not a project's secret key."),
        words.QT_TR_NOOP("Take the key called secret or service_role from the dashboard, under API Keys."),
    ),
    "server-key-refused": (
        words.QT_TR_NOOP("{host} does not accept the key: it belongs to another project, or is no longer valid."),
        words.QT_TR_NOOP("Copy the anon or publishable key of this project again (SUPABASE_ANON_KEY)."),
    ),
}

NETWORK_ERRORS: dict[str, tuple[str, str]] = {
    "server-unreachable": (
        words.QT_TR_NOOP("{host} cannot be reached."),
        words.QT_TR_NOOP("Check whether this computer is online, then the address, then HTTPS_PROXY if it is set."),
    ),
    "server-name-unknown": (
        words.QT_TR_NOOP("There is no server called {host} any more: its address is gone, or the project is paused."),
        words.QT_TR_NOOP("Check the address (SUPABASE_URL). If it is right, ask the operator of the project."),
    ),
    "server-silent": (
        words.QT_TR_NOOP("{host} did not answer in time."),
        words.QT_TR_NOOP("Try again in a moment."),
    ),
    "connection-lost": (
        words.QT_TR_NOOP("The connection to {host} broke off."),
        words.QT_TR_NOOP("Try again in a moment."),
    ),
    "server-certificate": (
        words.QT_TR_NOOP("{host} does not prove who it is: {reason}."),
        words.QT_TR_NOOP("Check this computer's date and time. If they are right, ask whoever runs this network."),
    ),
    "server-not-encrypted": (
        words.QT_TR_NOOP("{host} does not speak an encryption that this computer knows."),
        words.QT_TR_NOOP("Check SUPABASE_URL, its port above all."),
    ),
    "proxy-unusable": (
        words.QT_TR_NOOP("The proxy settings of this computer cannot be used."),
        words.QT_TR_NOOP(
            "Check HTTPS_PROXY and ALL_PROXY, and that NO_PROXY lists names alone, no ranges of addresses."
        ),
    ),
    "server-page": (
        words.QT_TR_NOOP("A web page came where {host} should have answered."),
        words.QT_TR_NOOP(
            "If this network has a sign-in page of its own, open a browser first. Else check SUPABASE_URL."
        ),
    ),
    "server-redirects": (
        words.QT_TR_NOOP("{host} sends every request on to {where}, which AudioDesk does not follow."),
        words.QT_TR_NOOP(
            "If you know {where}, set SUPABASE_URL to it. If this network wants a sign-in, open a browser."
        ),
    ),
    "server-answer-odd": (
        words.QT_TR_NOOP("What came from {host} is no answer of a Supabase project."),
        words.QT_TR_NOOP("Check SUPABASE_URL. If it is right, try again in a moment."),
    ),
    "server-busy": (
        words.QT_TR_NOOP("{host} is too busy to answer (status {status})."),
        words.QT_TR_NOOP("Try again in {wait}."),
    ),
    "server-paused": (
        words.QT_TR_NOOP("The project at {host} is paused."),
        words.QT_TR_NOOP("Its operator can resume it in Supabase's dashboard."),
    ),
    "server-plan-used-up": (
        words.QT_TR_NOOP("The plan of the server at {host} is used up."),
        words.QT_TR_NOOP("Your takes are safe on this computer. The server's owner must act."),
    ),
    "gateway-blocks": (
        words.QT_TR_NOOP("The gateway before {host} blocks AudioDesk."),
        words.QT_TR_NOOP("Your takes are safe on this computer. If it stays so, tell the operator."),
    ),
    "bucket-missing": (
        words.QT_TR_NOOP("The server at {host} has no place for audio yet."),
        words.QT_TR_NOOP("Its operator makes it with: audiodesk backend apply"),
    ),
    "server-failed": (
        words.QT_TR_NOOP("{host} could not do it: {reason}."),
        words.QT_TR_NOOP("Try again in a moment; if it stays so, tell the operator."),
    ),
    "server-refused": (
        words.QT_TR_NOOP("The server did not take the request: {reason}."),
        words.QT_TR_NOOP("Check what you typed."),
    ),
    "no-network": (
        words.QT_TR_NOOP("This computer has no network."),
        words.QT_TR_NOOP("Everything works on this computer meanwhile. Connect it when you want to."),
    ),
    "proxy-sign-in": (
        words.QT_TR_NOOP("The proxy of this network wants a sign-in of its own."),
        words.QT_TR_NOOP("Put name and password into HTTPS_PROXY, or ask whoever runs this network."),
    ),
    "server-schema-missing": (
        words.QT_TR_NOOP("{host} is a Supabase project, but AudioDesk was never set up there."),
        words.QT_TR_NOOP("Its operator sets it up with: audiodesk backend apply"),
    ),
    "token-refused": (
        words.QT_TR_NOOP("{host} does not accept a sign-in that it made seconds ago."),
        words.QT_TR_NOOP("AudioDesk tries again by itself. If it stays so, tell the operator."),
    ),
    "server-needs-update": (
        words.QT_TR_NOOP("The server at {host} does not know what this AudioDesk asks for."),
        words.QT_TR_NOOP("Its operator brings it up to date with: audiodesk backend apply"),
    ),
    "not-allowed": (
        words.QT_TR_NOOP("The server does not allow this: {reason}."),
        words.QT_TR_NOOP("Check that you are signed in with the right account."),
    ),
    "quota-exceeded": (
        words.QT_TR_NOOP("{used} of {allowed} are used: {size} more do not fit, by {over}."),
        words.QT_TR_NOOP("Empty the trash, or ask for a larger plan."),
    ),
    "database-full": (
        words.QT_TR_NOOP(
            "The server's database has no room left for this account: {rows} of {allowed_rows} rows and {size} of "
            "{allowed} would be used."
        ),
        words.QT_TR_NOOP("Everything stays on this computer. Ask the operator to allow more."),
    ),
    "account-deleted": (
        words.QT_TR_NOOP("This account was deleted on the server."),
        words.QT_TR_NOOP("Everything stays on this computer. Ask the operator if it was a mistake."),
    ),
    "object-missing": (
        words.QT_TR_NOOP("{host} does not have this file."),
        words.QT_TR_NOOP("Look whether somebody removed it."),
    ),
}

SIGN_IN_ERRORS: dict[str, tuple[str, str]] = {
    "library-without-account": (
        words.QT_TR_NOOP("This library belongs to no account, so there is nothing to sync it with."),
        words.QT_TR_NOOP("Sign in, and bring this library into the account."),
    ),
    "library-of-another": (
        words.QT_TR_NOOP("This library belongs to another account than the one that is signed in."),
        words.QT_TR_NOOP("Nothing was sent. Sign in as the other account, or open the library of this one."),
    ),
    "library-of-another-server": (
        words.QT_TR_NOOP("This library belongs to an account at {host}, and the settings name {other}."),
        words.QT_TR_NOOP("Nothing was sent. Sign in at {other}; if the server moved there, its library goes on."),
    ),
    "sync-off": (
        words.QT_TR_NOOP("The settings keep everything on this computer."),
        words.QT_TR_NOOP("To use a server, set what is missing: {names}"),
    ),
    "signed-out": (
        words.QT_TR_NOOP("Nobody is signed in."),
        words.QT_TR_NOOP(
            "Sign in with: audiodesk login. A script without a keyring sets AUDIODESK_EMAIL and AUDIODESK_PASSWORD."
        ),
    ),
    "sign-in-incomplete": (
        words.QT_TR_NOOP("The sign-in is only half there: {name} is missing."),
        words.QT_TR_NOOP("Set it too, or neither of AUDIODESK_EMAIL and AUDIODESK_PASSWORD."),
    ),
    "sign-in-no-text": (
        words.QT_TR_NOOP("{name} holds bytes that are no text on this computer."),
        words.QT_TR_NOOP("Set it again; the terminal or the script should write UTF-8."),
    ),
    "sign-in-refused": (
        words.QT_TR_NOOP("The server does not accept this e-mail address and password."),
        words.QT_TR_NOOP("Check both; a password tells capital letters apart."),
    ),
    "sign-in-unconfirmed": (
        words.QT_TR_NOOP("This e-mail address has not been confirmed yet."),
        words.QT_TR_NOOP("Open the link in the message that was sent to it, then try again."),
    ),
    "sign-in-banned": (
        words.QT_TR_NOOP("This account has been locked."),
        words.QT_TR_NOOP("Ask the operator."),
    ),
    "sign-ins-too-many": (
        words.QT_TR_NOOP("There were too many sign-ins from this network just now."),
        words.QT_TR_NOOP("Wait {wait}, then try again."),
    ),
    "sign-in-expired": (
        words.QT_TR_NOOP("The server no longer accepts this sign-in."),
        words.QT_TR_NOOP("Sign in again; nothing on this computer is lost."),
    ),
    "sign-in-ended": (
        words.QT_TR_NOOP("The server ended this sign-in, perhaps because you signed out everywhere."),
        words.QT_TR_NOOP("Nothing is lost, and work goes on here. Sign in again."),
    ),
    "sign-in-used": (
        words.QT_TR_NOOP("The server ended this sign-in, because an older copy of it was used."),
        words.QT_TR_NOOP("Nothing is lost, and work goes on here. Sign in again."),
    ),
    "sign-in-one-computer": (
        words.QT_TR_NOOP("This server allows one computer at a time, and you signed in on another one."),
        words.QT_TR_NOOP("Nothing is lost. Sign in again, or ask the operator to allow several computers."),
    ),
    "sign-in-time-over": (
        words.QT_TR_NOOP("This server lets a sign-in last only so long, and that time is over."),
        words.QT_TR_NOOP("Nothing is lost. Sign in again, or ask the operator for sign-ins that last."),
    ),
    "sign-in-no-account": (
        words.QT_TR_NOOP("No account has this address."),
        words.QT_TR_NOOP("Check the spelling; no account was made."),
    ),
    "email-wrong": (
        words.QT_TR_NOOP("This is not an e-mail address."),
        words.QT_TR_NOOP("Check the spelling."),
    ),
    "code-wrong": (
        words.QT_TR_NOOP("This code is wrong, too old, or was used already."),
        words.QT_TR_NOOP("Type the newest one, or let another one be sent."),
    ),
    "mails-too-many": (
        words.QT_TR_NOOP("The server sends no other e-mail yet."),
        words.QT_TR_NOOP("The next one can be sent in {wait}."),
    ),
    "sign-in-busy": (
        words.QT_TR_NOOP("Another AudioDesk is renewing the sign-in just now."),
        words.QT_TR_NOOP("Try again in a moment."),
    ),
    "login-no-terminal": (
        words.QT_TR_NOOP("There is no terminal at which e-mail address and password could be asked."),
        words.QT_TR_NOOP("Give --email and --password-stdin, or set AUDIODESK_EMAIL and AUDIODESK_PASSWORD."),
    ),
    "login-one-way": (
        words.QT_TR_NOOP("Two options exclude each other: {names}."),
        words.QT_TR_NOOP("Give one of them."),
    ),
    "which-account": (
        words.QT_TR_NOOP("Several accounts are signed in on this computer: {names}."),
        words.QT_TR_NOOP("Name one with --email."),
    ),
    "library-not-safe": (
        words.QT_TR_NOOP("{takes} takes and {changes} edits are only on this computer and would be lost."),
        words.QT_TR_NOOP("Nothing was removed. To leave the account, sign out: that removes nothing."),
    ),
    "no-account-library": (
        words.QT_TR_NOOP("The library of no account is open here."),
        words.QT_TR_NOOP("Sign in first: audiodesk login"),
    ),
    "back-end-is-local": (
        words.QT_TR_NOOP("STORAGE_BACKEND is set to local, so AudioDesk sends nothing and signs nobody in."),
        words.QT_TR_NOOP("Set it to supabase, or leave it out."),
    ),
    "library-in-window": (
        words.QT_TR_NOOP("A window shows the library that is to be brought in, moved or removed."),
        words.QT_TR_NOOP("Close it; the next start goes on."),
    ),
    "library-at-work": (
        words.QT_TR_NOOP("Another AudioDesk is at work in this library."),
        words.QT_TR_NOOP("Nothing was changed. Wait until it is done, then try again."),
    ),
    "adoption-not-whole": (
        words.QT_TR_NOOP("Not all of the library could be copied: {count} parts are missing. It stays where it was."),
        words.QT_TR_NOOP("Start AudioDesk again; it goes on from there."),
    ),
    "adoption-undecided": (
        words.QT_TR_NOOP("Books were made on this computer without an account (projects: {projects}, takes: {takes})."),
        words.QT_TR_NOOP("Say what happens with them: --adopt brings them into the account, --keep-apart does not."),
    ),
    "server-moved-undecided": (
        words.QT_TR_NOOP("This account is known on this computer at {former}, and now signs in at {host}."),
        words.QT_TR_NOOP(
            "Say whether the server moved: --moved goes on with that library, --keep-apart begins another one. Both "
            "are options of “audiodesk login”, and for a script of “audiodesk account”."
        ),
    ),
    "server-not-moved": (
        words.QT_TR_NOOP("No library of this account lies here under another address."),
        words.QT_TR_NOOP("Leave out --moved."),
    ),
    "keyring-none": (
        words.QT_TR_NOOP("This computer has no keyring that could hold the sign-in."),
        words.QT_TR_NOOP(
            "In the window the sign-in lasts until it closes. A script sets AUDIODESK_EMAIL and AUDIODESK_PASSWORD."
        ),
    ),
    "keyring-locked": (
        words.QT_TR_NOOP("The keyring that holds the sign-in is locked."),
        words.QT_TR_NOOP("Unlock it, then try again."),
    ),
    "keyring-silent": (
        words.QT_TR_NOOP("The keyring does not answer; perhaps it waits for its password."),
        words.QT_TR_NOOP("Look for its window and unlock it, then try again."),
    ),
    "keyring-unreachable": (
        words.QT_TR_NOOP("The keyring that holds the sign-in cannot be reached."),
        words.QT_TR_NOOP("Start it, or sign in again; nothing is lost."),
    ),
    "keyring-too-small": (
        words.QT_TR_NOOP("The keyring holds at most {longest} characters, and the sign-in is longer."),
        words.QT_TR_NOOP("The sign-in lasts until AudioDesk closes."),
    ),
    "sign-in-not-possible": (
        words.QT_TR_NOOP("The server did not let you sign in: {reason}."),
        words.QT_TR_NOOP("Ask the operator how accounts sign in there."),
    ),
}

SUPPORT_ERRORS: dict[str, tuple[str, str]] = {
    "person-unknown": (
        words.QT_TR_NOOP("No account has the e-mail address or id “{text}”."),
        words.QT_TR_NOOP("Check the spelling; an id is given in full."),
    ),
    "person-ambiguous": (
        words.QT_TR_NOOP("Several accounts have the e-mail address “{text}”."),
        words.QT_TR_NOOP("Give the account's id instead."),
    ),
    "not-support": (
        words.QT_TR_NOOP("This account is not one of support's, so it sees nobody else's storage."),
        words.QT_TR_NOOP("Sign in with a support account; the operator gives accounts that role."),
    ),
    "copy-direction": (
        words.QT_TR_NOOP("Say one of the two: --to FOLDER, or --from FOLDER."),
        words.QT_TR_NOOP("--to copies the bucket into a folder, --from copies a folder into the bucket."),
    ),
    "copy-folder-empty": (
        words.QT_TR_NOOP("{path} holds no copy of a bucket."),
        words.QT_TR_NOOP("Name the folder that was given to: audiodesk backend objects copy --to"),
    ),
    "copy-folder-other": (
        words.QT_TR_NOOP("{path} holds something else than a copy of a bucket."),
        words.QT_TR_NOOP("Name a new folder, or the one of an earlier copy."),
    ),
    "copy-under-way": (
        words.QT_TR_NOOP("Another copy into {path} is under way."),
        words.QT_TR_NOOP("Wait for it to end."),
    ),
    "copy-damaged": (
        words.QT_TR_NOOP("The bytes of this file are not those that were copied."),
        words.QT_TR_NOOP("Copy it again from where it is whole."),
    ),
    "copy-not-same": (
        words.QT_TR_NOOP("The server has this file now with other facts than it was given."),
        words.QT_TR_NOOP("Run the command again; if it stays so, tell the makers of AudioDesk."),
    ),
    "file-exists": (
        words.QT_TR_NOOP("{path} is there already and was left as it is."),
        words.QT_TR_NOOP("Give another name, or remove that file first."),
    ),
    "file-is-folder": (words.QT_TR_NOOP("{path} is a folder."), words.QT_TR_NOOP("Give the name of a new file in it.")),
    "file-name-missing": (
        words.QT_TR_NOOP("No file name was given."),
        words.QT_TR_NOOP("Give the name of a new file."),
    ),
}
