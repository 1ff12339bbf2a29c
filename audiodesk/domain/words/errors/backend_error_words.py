"""Sentences for errors of applying the server's schema: what happened, and one thing to do."""

from __future__ import annotations

from audiodesk.domain import words

__all__ = ["ADDRESS_ERRORS", "BACKEND_ERRORS"]

ADDRESS_ERRORS: dict[str, tuple[str, str]] = {
    "db-url-missing": (
        words.QT_TR_NOOP("AudioDesk needs the address of the project's database."),
        words.QT_TR_NOOP("Put it into AUDIODESK_DB_URL; the project's page shows it under “Connect”."),
    ),
    "db-url-no-postgresql": (
        words.QT_TR_NOOP("The address of the database does not begin with postgresql://."),
        words.QT_TR_NOOP("Copy the connection string that the project's page shows under “Connect”."),
    ),
    "db-url-placeholder": (
        words.QT_TR_NOOP("The address of the database still has a placeholder where the password belongs."),
        words.QT_TR_NOOP(
            "Put the database password in its place, special characters percent-encoded (@ is %40, / is %2F)."
        ),
    ),
    "db-url-unreadable": (
        words.QT_TR_NOOP("The address of the database cannot be read."),
        words.QT_TR_NOOP(
            "Percent-encode special characters in the password: @ is %40, / is %2F, : is %3A, # is %23, % is %25."
        ),
    ),
    "db-unreachable": (
        words.QT_TR_NOOP("The database at {place} cannot be reached."),
        words.QT_TR_NOOP(
            "Check the address and the network. Direct connections to Supabase need IPv6;"
            " where there is none, use the address of the session pooler."
        ),
    ),
    "db-connection-lost": (
        words.QT_TR_NOOP("The connection to the database at {place} broke off."),
        words.QT_TR_NOOP("Start it again: what was applied stays, what was half done left nothing."),
    ),
    "db-wrong-password": (
        words.QT_TR_NOOP("The database at {place} does not accept this user and password."),
        words.QT_TR_NOOP("Check the database password; the project's page can set a new one."),
    ),
    "db-unknown-project": (
        words.QT_TR_NOOP("The pooler at {place} does not know this project."),
        words.QT_TR_NOOP("Copy the connection string again: the user is “postgres.” and the project's reference."),
    ),
    "db-not-allowed": (
        words.QT_TR_NOOP("The database at {place} does not let this user in from here."),
        words.QT_TR_NOOP("Allow this network in the project's settings, or use another user."),
    ),
    "db-missing": (
        words.QT_TR_NOOP("The server at {place} has no such user or database."),
        words.QT_TR_NOOP("Check the address; on Supabase the database is called “postgres”."),
    ),
    "db-too-many": (
        words.QT_TR_NOOP("The database at {place} has no free connection just now."),
        words.QT_TR_NOOP("Try again in a moment."),
    ),
    "db-no-tls": (
        words.QT_TR_NOOP("The connection to {place} cannot be encrypted or its certificate cannot be trusted."),
        words.QT_TR_NOOP("Turn on TLS there, or put sslmode into the address if you trust the way."),
    ),
    "db-not-postgresql": (
        words.QT_TR_NOOP("What answers at {place} is no PostgreSQL."),
        words.QT_TR_NOOP("Take the address of the database, not the one of the project's web interface."),
    ),
    "db-starting": (
        words.QT_TR_NOOP("The database at {place} is just starting or stopping."),
        words.QT_TR_NOOP("Try again in a moment."),
    ),
}

BACKEND_ERRORS: dict[str, tuple[str, str]] = {
    "backend-files-missing": (
        words.QT_TR_NOOP("The migrations are missing from {folder}."),
        words.QT_TR_NOOP("Reinstall AudioDesk."),
    ),
    "backend-newer": (
        words.QT_TR_NOOP("This project has the schema of a newer AudioDesk (its version is {version})."),
        words.QT_TR_NOOP("Install the newest AudioDesk. Nothing was changed."),
    ),
    "backend-name-differs": (
        words.QT_TR_NOOP("{file} cannot be applied: its version is recorded for something else, “{recorded}”."),
        words.QT_TR_NOOP("Look into the project's migration history. Nothing was changed."),
    ),
    "backend-gap": (
        words.QT_TR_NOOP("{file} is not recorded, although {later} is."),
        words.QT_TR_NOOP("If it was really never applied, say --include-all. Nothing was changed."),
    ),
    "backend-no-supabase": (
        words.QT_TR_NOOP("This database does not belong to a Supabase project; it has no {missing}."),
        words.QT_TR_NOOP("Copy the connection string that the project's page shows under “Connect”."),
    ),
    "backend-too-old": (
        words.QT_TR_NOOP("AudioDesk needs PostgreSQL 15 or newer; this is {found}."),
        words.QT_TR_NOOP("Upgrade the project's database first. Nothing was changed."),
    ),
    "backend-read-only": (
        words.QT_TR_NOOP("This database takes no changes just now."),
        words.QT_TR_NOOP("Use the address of the main database, not of a replica; a full disk makes it read-only too."),
    ),
    "backend-no-rights": (
        words.QT_TR_NOOP("This user may not do in the database what a migration has to do."),
        words.QT_TR_NOOP("Use the role postgres of the project. Nothing was changed."),
    ),
    "backend-not-allowed": (
        words.QT_TR_NOOP("{file}, line {line}: the server does not allow it ({message})."),
        words.QT_TR_NOOP("Use the role postgres of the project. This file left nothing behind."),
    ),
    "backend-columns-gone": (
        words.QT_TR_NOOP("These columns are gone or of another type, and what was in them with them: {names}."),
        words.QT_TR_NOOP(
            "Add them again, from a backup if there is one, and repair once more. Until then doctor names their tables;"
            " all files before {file} were repaired."
        ),
    ),
    "backend-stopped": ("{message}", "{hint}"),
    "backend-busy": (
        words.QT_TR_NOOP("Somebody else is changing this project's schema just now."),
        words.QT_TR_NOOP("Try again when that is done."),
    ),
    "backend-locked": (
        words.QT_TR_NOOP(
            "The project is busy: {file} did not get the locks it needs, and gave up so as not to hold up others."
        ),
        words.QT_TR_NOOP("Try again at a quieter time. This file left nothing behind."),
    ),
    "backend-slow": (
        words.QT_TR_NOOP("{file}, line {line}: the server stopped it because it took too long."),
        words.QT_TR_NOOP("Try again at a quieter time. This file left nothing behind."),
    ),
    "backend-statement": (
        words.QT_TR_NOOP("{file}, line {line}: {message}."),
        words.QT_TR_NOOP("This file left nothing behind. Report it with the details."),
    ),
    "backend-failed": (
        words.QT_TR_NOOP("The database answered: {message}."),
        words.QT_TR_NOOP("Start it again; if it stays so, report it with the details."),
    ),
}
