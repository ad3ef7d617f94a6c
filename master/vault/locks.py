"""Whether a keyring is locked, found out without asking the person: what merely looks must open no window."""

from contextlib import closing
from typing import Any

from master.vault.layouts import Ring


def is_locked(ring: Ring) -> bool | None:
    """Return it as far as the keyring tells; None: only a use would show, and might ask. Blocks; keyring's thread.

    Raises what the keyring raises.
    """
    known = getattr(ring, "locked", None)
    if isinstance(known, bool):
        return known
    if type(ring).__module__ == "keyring.backends.SecretService":
        return _secret_service_locked(ring)
    return None


def _secret_service_locked(ring: Any) -> bool | None:
    import secretstorage

    with closing(secretstorage.dbus_init()) as bus:
        preferred = getattr(ring, "preferred_collection", None)
        if preferred:
            return bool(secretstorage.Collection(bus, preferred).is_locked())
        try:
            return bool(secretstorage.get_collection_by_alias(bus, "default").is_locked())
        except secretstorage.exceptions.ItemNotFoundException:
            return None  # there is none yet; making one asks for its password
