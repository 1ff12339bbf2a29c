"""What POSIX, macOS and Windows do differently with files, locks and processes."""

from __future__ import annotations

from audiodesk.system.platforms.disk import (
    READ_FLAGS,
    WRITE_FLAGS,
    allocate,
    can_write_in,
    flush,
    flush_folder,
    is_disk_read_only,
    link_new,
    next_data,
    read_at,
    trouble_in,
)
from audiodesk.system.platforms.processes import (
    cores,
    forbid_core_files,
    interrupts_held,
    limit_memory,
    send_standard_error_to,
)
from audiodesk.system.platforms.sharing import (
    held_by_sharing,
    is_held,
    is_held_by_lease,
    is_on_network,
    lock_file,
    open_for_writing,
    patiently,
    unlink_held,
)

__all__ = [
    "READ_FLAGS",
    "WRITE_FLAGS",
    "allocate",
    "can_write_in",
    "cores",
    "flush",
    "flush_folder",
    "forbid_core_files",
    "held_by_sharing",
    "interrupts_held",
    "is_disk_read_only",
    "is_held",
    "is_held_by_lease",
    "is_on_network",
    "limit_memory",
    "link_new",
    "lock_file",
    "next_data",
    "open_for_writing",
    "patiently",
    "read_at",
    "send_standard_error_to",
    "trouble_in",
    "unlink_held",
]
