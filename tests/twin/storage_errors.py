"""The storage server's errors: true status, code and text, and the odd HTTP status that most of them are sent with."""

from __future__ import annotations

import psycopg

from tests.twin.wire_messages import Response

__all__ = ["StorageError", "from_database"]

_RLS = "new row violates row-level security policy"


class StorageError(Exception):
    """A refusal. `status` stands in the JSON as a string, while the HTTP status is nearly always 400 (or 500)."""

    def __init__(
        self, status: int, code: str, message: str, *, error: str | None = None, http: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.error = error or code
        self.http = http or (500 if status == 500 else 400)
        self.leaves_body = False
        """Whether the server stops reading the body of a standard upload after this refusal."""

    def response(self) -> Response:
        """Return the answer of the object and bucket routes."""
        body = {"statusCode": str(self.status), "error": self.error, "message": self.message, "code": self.code}
        return Response.json(self.http, body)

    @classmethod
    def denied(cls, message: str = "Access denied") -> StorageError:
        """Refused by row level security, a trigger's 42501 or a bad token."""
        return cls(403, "AccessDenied", message, error="Unauthorized")

    @classmethod
    def no_bucket(cls) -> StorageError:
        """No such bucket, or not for this caller."""
        return cls(404, "NoSuchBucket", "Bucket not found", error="Bucket not found")

    @classmethod
    def no_object(cls) -> StorageError:
        """No such object, or not for this caller."""
        return cls(404, "NoSuchKey", "Object not found", error="not_found")

    @classmethod
    def invalid(cls, message: str, *, error: str = "Error") -> StorageError:
        """A request that does not fit the route's schema."""
        return cls(400, "InvalidRequest", message, error=error)

    @classmethod
    def invalid_key(cls, key: str, why: str = "") -> StorageError:
        """A name that no object may have."""
        return cls(400, "InvalidKey", f"Invalid key: {key}{why}")

    @classmethod
    def mime_type(cls, mime_type: str) -> StorageError:
        """Not in the bucket's list."""
        return cls(415, "InvalidMimeType", f"mime type {mime_type} is not supported", error="invalid_mime_type")

    @classmethod
    def too_large(cls, entity: str = "object") -> StorageError:
        """Above the bucket's or the server's limit."""
        message = f"The {entity} exceeded the maximum allowed size"
        return cls(413, "EntityTooLarge", message, error="Payload too large")

    @classmethod
    def bad_signature(cls, message: str = "Invalid signature") -> StorageError:
        """A token for something else."""
        return cls(400, "InvalidSignature", message)

    @classmethod
    def bad_range(cls) -> StorageError:
        """A range that this object cannot serve."""
        return cls(416, "InvalidRange", "invalid range provided", error="invalid_range", http=416)

    @classmethod
    def exists(cls, code: str = "KeyAlreadyExists") -> StorageError:
        """There is one already."""
        return cls(409, code, "The resource already exists", error="Duplicate")

    @classmethod
    def parameter(cls, name: str, message: str | None = None) -> StorageError:
        """A value that cannot be."""
        return cls(400, "InvalidParameter", message or f"Invalid Parameter {name}")

    @classmethod
    def internal(cls) -> StorageError:
        """The server itself failed."""
        return cls(500, "InternalError", "Internal Server Error", error="Internal")

    @classmethod
    def no_connection(cls) -> StorageError:
        """No database connection came free, or a statement took too long."""
        return cls(544, "DatabaseTimeout", "The connection to the database timed out", http=544)

    @classmethod
    def lock_timeout(cls) -> StorageError:
        """Somebody else works on this upload and does not let go."""
        return cls(503, "LockTimeout", "acquiring lock timeout", error="acquiring_lock_timeout")


def from_database(error: psycopg.Error) -> StorageError:
    """What the client hears of PostgreSQL's error."""
    state = error.sqlstate or ("22021" if isinstance(error, psycopg.DataError) else "undefined")
    message = error.diag.message_primary or ""
    match state:
        case "42501":
            return StorageError.denied(_RLS if "row-level security" in message else message)
        case "23505":
            return StorageError.exists("ResourceAlreadyExists")
        case "23503":
            return StorageError(404, "InvalidRequest", "The related resource does not exist")
        case "55P03":
            return StorageError(423, "ResourceLocked", "The resource is locked")
        case "57014":
            return StorageError.no_connection()
        case "22P02":
            return StorageError.parameter("value", message)
        case "25006":
            text = "The database is currently in read-only mode. Please try again later."
            return StorageError(503, "DatabaseReadOnly", text)
        case "42703" | "42P01":
            text = "The database schema is out of sync. Please run migrations or contact support."
            return StorageError(503, "DatabaseSchemaMismatch", text)
        case "42P17":
            text = "The database schema is invalid or incompatible."
            return StorageError(503, "DatabaseInvalidObjectDefinition", text)
    return StorageError(500, "DatabaseError", f"database error, code: {state}")
