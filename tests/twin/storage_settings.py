"""The settings of the stand-in's storage server that a test may change, also while it runs."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["StorageSettings"]


@dataclass
class StorageSettings:
    """The numbers of the real server; times in seconds, sizes in bytes."""

    version: str = "1.70.6"
    """What `GET /version` says."""
    file_size_limit: int = 524_288_000
    """The limit of the project; a bucket's own may be lower."""
    largest_upload: int = 524_288_000
    """What `Tus-Max-Size` says: the server's own limit, whatever the project and its buckets allow."""
    pool_size: int = 20
    """Database connections; each running PATCH holds one of them."""
    pool_wait: float = 3.0
    """How long a request waits for a connection before it is answered with 544."""
    lock_retry: float = 0.5
    """Pause before an upload that somebody else is working on is tried again."""
    lock_wait: float = 5.0
    """How long a TUS request waits for that before it is answered with 503."""
    lock_drain: float = 3.0
    """How long the holder goes on after it was asked to stop."""
    tus_lifetime: float | None = None
    """How long an unfinished TUS upload is kept; None: for ever, without a header Upload-Expires."""
    s3_style: bool = False
    """ETags of TUS uploads that are no md5, and 404 instead of 410 for an upload whose bytes are gone."""
    upload_url_lifetime: float = 7200.0
    """How long a signed upload URL is valid."""
