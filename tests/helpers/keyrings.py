"""Keyrings for tests: one with the limits of Windows, and ones with faults."""

import threading
from collections.abc import Callable

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError


class CredentialManagerError(Exception):
    """Like the faults of ``win32ctypes``: not a ``KeyringError``."""


class WindowsLikeKeyring(KeyringBackend):
    """Keeps entries as the Windows backend of ``keyring`` does, with the limit of the Credential Manager.

    One target holds one user's entry; writing to a target that is taken moves the old entry to ``user@service``.
    """

    priority = -1.0
    limit_bytes = 2560

    def __init__(self) -> None:
        self.targets: dict[str, tuple[str, str]] = {}

    def get_password(self, service: str, username: str) -> str | None:
        for target in (service, f"{username}@{service}"):
            if target in self.targets and self.targets[target][0] == username:
                return self.targets[target][1]
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        if len(password.encode("utf-16-le")) > self.limit_bytes:
            raise CredentialManagerError("(1783, 'CredWrite', 'The stub received bad data.')")
        if service in self.targets:
            old_user, old = self.targets[service]
            self.targets[f"{old_user}@{service}"] = (old_user, old)
        self.targets[service] = (username, password)

    def delete_password(self, service: str, username: str) -> None:
        found = [t for t in (service, f"{username}@{service}") if self.targets.get(t, ("", ""))[0] == username]
        if not found:
            raise PasswordDeleteError(service)
        for target in found:
            del self.targets[target]


class BreakableKeyring(WindowsLikeKeyring):
    """Fails, hangs or forgets on demand."""

    priority = -1.0

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, str]] = []
        self.fault: Callable[[str, int], None] = lambda call, number: None
        self.changed: Callable[[str], str] = lambda password: password
        self.gate = threading.Event()
        self.gate.set()

    def _enter(self, call: str, service: str) -> None:
        self.calls.append((call, service))
        self.fault(call, len(self.calls))
        self.gate.wait(30)

    def get_password(self, service: str, username: str) -> str | None:
        self._enter("get", service)
        return super().get_password(service, username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._enter("set", service)
        super().set_password(service, username, self.changed(password))

    def delete_password(self, service: str, username: str) -> None:
        self._enter("delete", service)
        super().delete_password(service, username)
