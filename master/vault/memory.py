"""A keyring that lives in memory, for throw-away profiles. Imports ``keyring``: import it on the keyring's thread."""

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError


class MemoryKeyring(KeyringBackend):
    """Forgets everything when the process ends."""

    priority = -1.0  # never chosen by itself  # type: ignore[assignment]

    # the base class's __init__ would let environment variables set attributes of ours
    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.entries.pop((service, username), None) is None:
            raise PasswordDeleteError("There is no such password.")
