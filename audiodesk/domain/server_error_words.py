"""What a person reads when the server could not be asked, or refused: one sentence, and one thing to do about it."""

from __future__ import annotations

from collections.abc import Callable

from audiodesk.domain.words import tr

__all__ = ["NETWORK_ERRORS", "SERVER_SETTING_ERRORS", "SIGN_IN_ERRORS", "SUPPORT_ERRORS"]

Words = tuple[Callable[[], str], Callable[[], str]]

SERVER_SETTING_ERRORS: dict[str, Words] = {
    "server-not-set": (
        lambda: tr("No server is set up: everything is on this computer alone."),
        lambda: tr("To use one, set SUPABASE_URL and SUPABASE_ANON_KEY to what the operator gave you."),
    ),
    "server-half-set": (
        lambda: tr("The server is only half set up: {name} is missing."),
        lambda: tr("Set SUPABASE_URL and SUPABASE_ANON_KEY, both of the same project."),
    ),
    "server-address-wrong": (
        lambda: tr("SUPABASE_URL is not the address of a server."),
        lambda: tr("It should look like https://abcdefghijklmnopqrst.supabase.co, without a user name or password."),
    ),
    "server-address-insecure": (
        lambda: tr("SUPABASE_URL would send your sign-in to {host} unencrypted."),
        lambda: tr("Let it begin with https://. Only a server on this computer may do without."),
    ),
    "server-address-dashboard": (
        lambda: tr("SUPABASE_URL names Supabase's dashboard, not a project in it."),
        lambda: tr("Use the project URL, which the dashboard shows in the project under “Connect”."),
    ),
    "server-address-database": (
        lambda: tr("SUPABASE_URL holds the address of a database, with its password perhaps."),
        lambda: tr("Use the project URL, which begins with https://. The database's address belongs nowhere here."),
    ),
    "server-key-wrong": (
        lambda: tr("SUPABASE_ANON_KEY is not a project's public key; it may have been cut short while copying."),
        lambda: tr("Copy the anon or publishable key again, as a whole."),
    ),
    "server-key-other-project": (
        lambda: tr("SUPABASE_ANON_KEY belongs to the project {theirs}, SUPABASE_URL to {ours}."),
        lambda: tr("Use the address and the key of the same project."),
    ),
    "service-key-refused": (
        lambda: tr("SUPABASE_ANON_KEY holds a secret key, which opens every user's files. It was not used."),
        lambda: tr("Put the anon or publishable key there, and the secret one nowhere on this computer."),
    ),
    "service-key-missing": (
        lambda: tr("SUPABASE_SERVICE_ROLE_KEY is not set, and only that key reads and writes everybody's files."),
        lambda: tr("Set it for this one shell, unseen: read -rs SUPABASE_SERVICE_ROLE_KEY && export it."),
    ),
    "service-key-wrong": (
        lambda: tr("SUPABASE_SERVICE_ROLE_KEY is not a project's secret key."),
        lambda: tr("Take the key called secret or service_role from the dashboard, under API Keys."),
    ),
    "server-key-refused": (
        lambda: tr("{host} does not accept the key in SUPABASE_ANON_KEY."),
        lambda: tr("Copy the anon or publishable key of this project again."),
    ),
}

NETWORK_ERRORS: dict[str, Words] = {
    "server-unreachable": (
        lambda: tr("{host} cannot be reached."),
        lambda: tr("Check whether this computer is online, then SUPABASE_URL, then HTTPS_PROXY if it is set."),
    ),
    "server-name-unknown": (
        lambda: tr("The network knows no server called {host}."),
        lambda: tr("Check whether this computer is online, then SUPABASE_URL. A paused project has no name either."),
    ),
    "server-silent": (
        lambda: tr("{host} did not answer in time."),
        lambda: tr("Try again in a moment."),
    ),
    "connection-lost": (
        lambda: tr("The connection to {host} broke off."),
        lambda: tr("Try again in a moment."),
    ),
    "server-certificate": (
        lambda: tr("{host} does not prove who it is: {reason}."),
        lambda: tr("Check this computer's date and time. If they are right, ask whoever runs this network."),
    ),
    "server-not-encrypted": (
        lambda: tr("{host} does not speak an encryption that this computer knows."),
        lambda: tr("Check SUPABASE_URL, its port above all."),
    ),
    "proxy-unusable": (
        lambda: tr("The proxy settings of this computer cannot be used."),
        lambda: tr("Check HTTPS_PROXY and ALL_PROXY, and that NO_PROXY lists names alone, no ranges of addresses."),
    ),
    "server-page": (
        lambda: tr("A web page came where {host} should have answered."),
        lambda: tr("If this network has a sign-in page of its own, open a browser first. Else check SUPABASE_URL."),
    ),
    "server-redirects": (
        lambda: tr("{host} sends every request on to {where}, which AudioDesk does not follow."),
        lambda: tr("If you know {where}, set SUPABASE_URL to it. If this network wants a sign-in, open a browser."),
    ),
    "server-answer-odd": (
        lambda: tr("What came from {host} is no answer of a Supabase project."),
        lambda: tr("Check SUPABASE_URL. If it is right, try again in a moment."),
    ),
    "server-busy": (
        lambda: tr("{host} is too busy to answer (status {status})."),
        lambda: tr("Try again in {wait}."),
    ),
    "server-paused": (
        lambda: tr("The project at {host} is paused."),
        lambda: tr("Its operator can resume it in Supabase's dashboard."),
    ),
    "server-failed": (
        lambda: tr("{host} could not do it: {reason}."),
        lambda: tr("Try again in a moment; if it stays so, tell the operator."),
    ),
    "server-refused": (
        lambda: tr("The server did not take the request: {reason}."),
        lambda: tr("Check what you typed."),
    ),
    "server-needs-update": (
        lambda: tr("The server at {host} does not know what this AudioDesk asks for."),
        lambda: tr("Its operator brings it up to date with: audiodesk backend apply"),
    ),
    "not-allowed": (
        lambda: tr("The server does not allow this: {reason}."),
        lambda: tr("Check that you are signed in with the right account."),
    ),
    "quota-exceeded": (
        lambda: tr("{used} of {allowed} are used: {size} more do not fit, by {over}."),
        lambda: tr("Empty the trash, or ask for a larger plan."),
    ),
    "database-full": (
        lambda: tr(
            "The server's database has no room left for this account: {rows} of {allowed_rows} rows and {size} of "
            "{allowed} would be used."
        ),
        lambda: tr("Everything stays on this computer. Ask the operator to allow more."),
    ),
    "account-deleted": (
        lambda: tr("This account was deleted on the server."),
        lambda: tr("Everything stays on this computer. Ask the operator if it was a mistake."),
    ),
    "object-missing": (
        lambda: tr("{host} does not have this file."),
        lambda: tr("Look whether somebody removed it."),
    ),
}

SIGN_IN_ERRORS: dict[str, Words] = {
    "signed-out": (
        lambda: tr("Nobody is signed in."),
        lambda: tr("Set AUDIODESK_EMAIL and AUDIODESK_PASSWORD; each command then signs in for itself."),
    ),
    "sign-in-incomplete": (
        lambda: tr("The sign-in is only half there: {name} is missing."),
        lambda: tr("Set AUDIODESK_EMAIL and AUDIODESK_PASSWORD, or neither."),
    ),
    "sign-in-no-text": (
        lambda: tr("{name} holds bytes that are no text on this computer."),
        lambda: tr("Set it again; the terminal or the script should write UTF-8."),
    ),
    "sign-in-refused": (
        lambda: tr("The server does not accept this e-mail address and password."),
        lambda: tr("Check AUDIODESK_EMAIL and AUDIODESK_PASSWORD."),
    ),
    "sign-in-unconfirmed": (
        lambda: tr("This e-mail address has not been confirmed yet."),
        lambda: tr("Open the link in the message that was sent to it, then try again."),
    ),
    "sign-in-banned": (
        lambda: tr("This account has been locked."),
        lambda: tr("Ask the operator."),
    ),
    "sign-ins-too-many": (
        lambda: tr("There were too many sign-ins from this network just now."),
        lambda: tr("Wait {wait}, then try again."),
    ),
    "sign-in-expired": (
        lambda: tr("The server no longer accepts this sign-in."),
        lambda: tr("Try again; the command signs in anew."),
    ),
    "sign-in-not-possible": (
        lambda: tr("The server did not let you sign in: {reason}."),
        lambda: tr("Ask the operator how accounts sign in there."),
    ),
}

SUPPORT_ERRORS: dict[str, Words] = {
    "person-unknown": (
        lambda: tr("No account has the e-mail address or id “{text}”."),
        lambda: tr("Check the spelling; an id is given in full."),
    ),
    "person-ambiguous": (
        lambda: tr("Several accounts have the e-mail address “{text}”."),
        lambda: tr("Give the account's id instead."),
    ),
    "not-support": (
        lambda: tr("This account is not one of support's, so it sees nobody else's storage."),
        lambda: tr("Sign in with a support account; the operator gives accounts that role."),
    ),
    "copy-direction": (
        lambda: tr("Say one of the two: --to FOLDER, or --from FOLDER."),
        lambda: tr("--to copies the bucket into a folder, --from copies a folder into the bucket."),
    ),
    "copy-folder-empty": (
        lambda: tr("{path} holds no copy of a bucket."),
        lambda: tr("Name the folder that was given to: audiodesk backend objects copy --to"),
    ),
    "copy-folder-other": (
        lambda: tr("{path} holds something else than a copy of a bucket."),
        lambda: tr("Name a new folder, or the one of an earlier copy."),
    ),
    "copy-under-way": (
        lambda: tr("Another copy into {path} is under way."),
        lambda: tr("Wait for it to end."),
    ),
    "copy-damaged": (
        lambda: tr("The bytes of this file are not those that were copied."),
        lambda: tr("Copy it again from where it is whole."),
    ),
    "copy-not-same": (
        lambda: tr("The server has this file now with other facts than it was given."),
        lambda: tr("Run the command again; if it stays so, tell the makers of AudioDesk."),
    ),
    "file-exists": (
        lambda: tr("{path} is there already and was left as it is."),
        lambda: tr("Give another name, or remove that file first."),
    ),
    "file-is-folder": (lambda: tr("{path} is a folder."), lambda: tr("Give the name of a new file in it.")),
    "file-name-missing": (lambda: tr("No file name was given."), lambda: tr("Give the name of a new file.")),
}
