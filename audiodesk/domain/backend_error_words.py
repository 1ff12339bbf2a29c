"""What a person reads when the server's schema was not applied: one sentence, and one thing to do about it."""

from __future__ import annotations

from collections.abc import Callable

from audiodesk.domain.words import tr

__all__ = ["ADDRESS_ERRORS", "BACKEND_ERRORS"]

Words = tuple[Callable[[], str], Callable[[], str]]

ADDRESS_ERRORS: dict[str, Words] = {
    "db-url-missing": (
        lambda: tr("AudioDesk needs the address of the project's database."),
        lambda: tr("Put it into AUDIODESK_DB_URL; the project's page shows it under “Connect”."),
    ),
    "db-url-no-postgresql": (
        lambda: tr("The address of the database does not begin with postgresql://."),
        lambda: tr("Copy the connection string that the project's page shows under “Connect”."),
    ),
    "db-url-placeholder": (
        lambda: tr("The address of the database still has a placeholder where the password belongs."),
        lambda: tr("Put the database password in its place, special characters percent-encoded (@ is %40, / is %2F)."),
    ),
    "db-url-unreadable": (
        lambda: tr("The address of the database cannot be read."),
        lambda: tr(
            "Percent-encode special characters in the password: @ is %40, / is %2F, : is %3A, # is %23, % is %25."
        ),
    ),
    "db-unreachable": (
        lambda: tr("The database at {place} cannot be reached."),
        lambda: tr(
            "Check the address and the network. Direct connections to Supabase need IPv6;"
            " where there is none, use the address of the session pooler."
        ),
    ),
    "db-connection-lost": (
        lambda: tr("The connection to the database at {place} broke off."),
        lambda: tr("Start it again: what was applied stays, what was half done left nothing."),
    ),
    "db-wrong-password": (
        lambda: tr("The database at {place} does not accept this user and password."),
        lambda: tr("Check the database password; the project's page can set a new one."),
    ),
    "db-unknown-project": (
        lambda: tr("The pooler at {place} does not know this project."),
        lambda: tr("Copy the connection string again: the user is “postgres.” and the project's reference."),
    ),
    "db-not-allowed": (
        lambda: tr("The database at {place} does not let this user in from here."),
        lambda: tr("Allow this network in the project's settings, or use another user."),
    ),
    "db-missing": (
        lambda: tr("The server at {place} has no such user or database."),
        lambda: tr("Check the address; on Supabase the database is called “postgres”."),
    ),
    "db-too-many": (
        lambda: tr("The database at {place} has no free connection just now."),
        lambda: tr("Try again in a moment."),
    ),
    "db-no-tls": (
        lambda: tr("The connection to {place} cannot be encrypted or its certificate cannot be trusted."),
        lambda: tr("Turn on TLS there, or put sslmode into the address if you trust the way."),
    ),
    "db-not-postgresql": (
        lambda: tr("What answers at {place} is no PostgreSQL."),
        lambda: tr("Take the address of the database, not the one of the project's web interface."),
    ),
    "db-starting": (
        lambda: tr("The database at {place} is just starting or stopping."),
        lambda: tr("Try again in a moment."),
    ),
}

BACKEND_ERRORS: dict[str, Words] = {
    "backend-files-missing": (
        lambda: tr("The migrations are missing from {folder}."),
        lambda: tr("Reinstall AudioDesk."),
    ),
    "backend-newer": (
        lambda: tr("This project has the schema of a newer AudioDesk (its version is {version})."),
        lambda: tr("Install the newest AudioDesk. Nothing was changed."),
    ),
    "backend-name-differs": (
        lambda: tr("{file} cannot be applied: its version is recorded for something else, “{recorded}”."),
        lambda: tr("Look into the project's migration history. Nothing was changed."),
    ),
    "backend-gap": (
        lambda: tr("{file} is not recorded, although {later} is."),
        lambda: tr("If it was really never applied, say --include-all. Nothing was changed."),
    ),
    "backend-no-supabase": (
        lambda: tr("This database does not belong to a Supabase project; it has no {missing}."),
        lambda: tr("Copy the connection string that the project's page shows under “Connect”."),
    ),
    "backend-too-old": (
        lambda: tr("AudioDesk needs PostgreSQL 15 or newer; this is {found}."),
        lambda: tr("Upgrade the project's database first. Nothing was changed."),
    ),
    "backend-read-only": (
        lambda: tr("This database takes no changes just now."),
        lambda: tr("Use the address of the main database, not of a replica; a full disk makes it read-only too."),
    ),
    "backend-no-rights": (
        lambda: tr("This user may not do in the database what a migration has to do."),
        lambda: tr("Use the role postgres of the project. Nothing was changed."),
    ),
    "backend-not-allowed": (
        lambda: tr("{file}, line {line}: the server does not allow it ({message})."),
        lambda: tr("Use the role postgres of the project. This file left nothing behind."),
    ),
    "backend-columns-gone": (
        lambda: tr("These columns are gone or of another type, and what was in them with them: {names}."),
        lambda: tr(
            "Add them again, from a backup if there is one, and repair once more. Until then doctor names their tables;"
            " all files before {file} were repaired."
        ),
    ),
    "backend-stopped": (lambda: "{message}", lambda: "{hint}"),
    "backend-busy": (
        lambda: tr("Somebody else is changing this project's schema just now."),
        lambda: tr("Try again when that is done."),
    ),
    "backend-locked": (
        lambda: tr(
            "The project is busy: {file} did not get the locks it needs, and gave up so as not to hold up others."
        ),
        lambda: tr("Try again at a quieter time. This file left nothing behind."),
    ),
    "backend-slow": (
        lambda: tr("{file}, line {line}: the server stopped it because it took too long."),
        lambda: tr("Try again at a quieter time. This file left nothing behind."),
    ),
    "backend-statement": (
        lambda: tr("{file}, line {line}: {message}."),
        lambda: tr("This file left nothing behind. Report it with the details."),
    ),
    "backend-failed": (
        lambda: tr("The database answered: {message}."),
        lambda: tr("Start it again; if it stays so, report it with the details."),
    ),
}
