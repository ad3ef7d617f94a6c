"""The sealing key: 32 random bytes in ``vault.key`` of the profile, readable by its owner alone.

Layout of the file: ``watchkeeper vault key 1\\n``, the key, and the first 8 bytes of the SHA-256 of both, so that
damage is told instead of showing as credentials that do not open.
"""

import hashlib
import logging
import secrets
from pathlib import Path
from typing import Final

from master.vault.errors import VaultError
from master.vault.private_file import create_private, is_private, restrict

log = logging.getLogger(__name__)

FILE_NAME: Final = "vault.key"
_FAMILY: Final = b"watchkeeper vault key "
_MAGIC: Final = _FAMILY + b"1\n"
_KEY_BYTES: Final = 32
_SUM_BYTES: Final = 8


def load_key(profile_dir: Path, *, expected: bool = False) -> bytes:
    """Return the sealing key of the profile (32 bytes); a profile without one gets it.

    ``expected``: credentials are known to be stored, so a missing key is a fault and is not made anew.

    Raises :class:`VaultError` ``ERR_VAULT_KEY`` when it is damaged, missing though expected, or out of reach; the
    file is never replaced.
    """
    path = profile_dir / FILE_NAME
    try:
        if not path.exists():
            if expected:
                raise VaultError("vault_key_missing", path=str(path))
            create_private(path, _encode(secrets.token_bytes(_KEY_BYTES)))
        if not is_private(path):
            log.warning("others could read %s; only its owner can now", path)
            restrict(path)
        return _decode(path.read_bytes(), path)
    except OSError as error:
        raise VaultError("vault_key_unreachable", path=str(path), detail=error.strerror or str(error)) from error


def _encode(key: bytes) -> bytes:
    return _MAGIC + key + _digest(key)


def _decode(data: bytes, path: Path) -> bytes:
    if data.startswith(_FAMILY) and not data.startswith(_MAGIC) and data[len(_FAMILY) : len(_FAMILY) + 1].isdigit():
        raise VaultError("vault_key_newer", path=str(path))
    key = data[len(_MAGIC) : len(_MAGIC) + _KEY_BYTES]
    if data != _encode(key) or len(key) != _KEY_BYTES:
        raise VaultError("vault_key_damaged", path=str(path))
    return key


def _digest(key: bytes) -> bytes:
    return hashlib.sha256(_MAGIC + key).digest()[:_SUM_BYTES]
