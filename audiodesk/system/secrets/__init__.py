"""The keyring of this computer: the only place outside the memory where a sign-in is kept."""

from __future__ import annotations

from audiodesk.system.secrets.secret_store import SERVICE, KeyringState, Secret, SecretStore

__all__ = ["SERVICE", "KeyringState", "Secret", "SecretStore"]
