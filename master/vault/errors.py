"""What can go wrong with stored credentials, each with a sentence and what to do about it."""

import sys
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

System = Literal["linux", "macos", "windows"]


class Reason(NamedTuple):
    """One fault: the code for programs, the sentence, and what to do (both with ``{placeholders}``)."""

    code: str
    message: str
    advice: str


REASONS: Final[Mapping[str, Reason]] = {
    "vault_none_linux": Reason(
        "ERR_KEYRING",
        "No usable keyring was found.",
        "Install and start a Secret Service: gnome-keyring, KWallet, or KeePassXC with its Secret Service integration "
        "switched on; then sign in to the desktop again. Without a desktop, choose the passphrase vault "
        "(--vault passphrase).",
    ),
    "vault_none_macos": Reason(
        "ERR_KEYRING",
        "The keychain cannot be used.",
        "Open Keychain Access and check that a login keychain exists and is the default one, "
        "or choose the passphrase vault (--vault passphrase).",
    ),
    "vault_none_windows": Reason(
        "ERR_KEYRING",
        "The Windows Credential Manager cannot be used.",
        "Open Services and start Credential Manager (VaultSvc), or choose the passphrase vault (--vault passphrase).",
    ),
    "vault_refused": Reason(
        "ERR_KEYRING",
        "The keyring {name} that is configured for Python keeps nothing, or keeps it unprotected, and is not used.",
        "Remove PYTHON_KEYRING_BACKEND from the environment or the entry default-keyring from keyringrc.cfg, "
        "or choose the passphrase vault (--vault passphrase).",
    ),
    "vault_no_default_linux": Reason(
        "ERR_KEYRING",
        "The keyring could not be opened: {detail}.",
        "Open Passwords and Keys (seahorse) or KWallet, create a default keyring and unlock it, then try again. "
        "Without a desktop, choose the passphrase vault (--vault passphrase).",
    ),
    "vault_no_default_macos": Reason(
        "ERR_KEYRING",
        "The keychain could not be opened: {detail}.",
        "Open Keychain Access, unlock the login keychain and allow Watchkeeper to use it, then try again.",
    ),
    "vault_no_default_windows": Reason(
        "ERR_KEYRING",
        "The Windows Credential Manager could not be opened: {detail}.",
        "Open Services and check that Credential Manager (VaultSvc) runs, then try again.",
    ),
    "vault_locked_linux": Reason(
        "ERR_KEYRING_LOCKED",
        "The keyring is locked.",
        "Unlock the keyring (Passwords and Keys, KWallet or KeePassXC), or sign in to the desktop again.",
    ),
    "vault_locked_macos": Reason(
        "ERR_KEYRING_LOCKED",
        "The keychain is locked, or does not let Watchkeeper in.",
        "Unlock the login keychain in Keychain Access; when macOS asks, choose Always Allow.",
    ),
    "vault_locked_windows": Reason(
        "ERR_KEYRING_LOCKED",
        "The Windows Credential Manager is locked.",
        "Sign in to Windows again.",
    ),
    "vault_locked_passphrase": Reason(
        "ERR_KEYRING_LOCKED",
        "The passphrase vault is locked.",
        "Type its passphrase to open it.",
    ),
    "vault_timeout": Reason(
        "ERR_KEYRING_TIMEOUT",
        "The keyring did not answer within {seconds} s.",
        "It may be waiting for you to unlock it: look for a window that asks for a password, then try again.",
    ),
    "vault_failed": Reason(
        "ERR_KEYRING",
        "The keyring reported a fault: {detail}.",
        "Try again; if it stays, restart the keyring or choose the passphrase vault (--vault passphrase).",
    ),
    "vault_forgetful": Reason(
        "ERR_KEYRING",
        "The keyring did not keep what was stored in it.",
        "Try again; if it stays, choose the passphrase vault (--vault passphrase).",
    ),
    "vault_entry_missing": Reason(
        "ERR_CREDENTIAL_MISSING",
        "The keyring holds no credentials for {id}.",
        "Sign in again to store them.",
    ),
    "vault_entry_damaged": Reason(
        "ERR_CREDENTIAL_UNREADABLE",
        "What the keyring holds for {id} is damaged, or was sealed with the key of another profile.",
        "Sign in again to store the credentials anew.",
    ),
    "vault_shared_damaged": Reason(
        "ERR_CREDENTIAL_UNREADABLE",
        "The keyring entry that holds all credentials is damaged.",
        "Restore the keyring from a backup, or delete the entry {name} and sign in to every account again.",
    ),
    "vault_key_damaged": Reason(
        "ERR_VAULT_KEY",
        "The file {path}, which opens the stored credentials, is damaged.",
        "Restore it from a backup. Only if there is none: delete it and sign in to every account again.",
    ),
    "vault_key_newer": Reason(
        "ERR_VAULT_KEY",
        "The file {path} was made by a newer version of Watchkeeper.",
        "Update Watchkeeper.",
    ),
    "vault_key_missing": Reason(
        "ERR_VAULT_KEY",
        "The file {path}, which opens the stored credentials, is missing.",
        "Restore it from a backup. Only if there is none: sign in to every account again.",
    ),
    "vault_key_unreachable": Reason(
        "ERR_VAULT_KEY",
        "The file {path} could not be read or written: {detail}.",
        "Check that the folder belongs to you and that the disk is neither full nor read-only.",
    ),
    "vault_passphrase_wrong": Reason(
        "ERR_PASSPHRASE",
        "This is not the passphrase of the vault.",
        "Type it again; mind capital letters and the keyboard layout.",
    ),
    "vault_passphrase_empty": Reason(
        "ERR_PASSPHRASE",
        "The passphrase is empty.",
        "Choose one of at least a few words.",
    ),
    "vault_passphrase_none": Reason(
        "ERR_PASSPHRASE",
        "Credentials are kept in {name}, which has no passphrase of Watchkeeper.",
        "Unlock it with its own program.",
    ),
    "vault_sealed_damaged": Reason(
        "ERR_KEYRING",
        "The passphrase vault {path} is damaged.",
        "Restore it from a backup. Only if there is none: delete it and sign in to every account again.",
    ),
    "vault_sealed_unreachable": Reason(
        "ERR_KEYRING",
        "The passphrase vault {path} could not be read or written: {detail}.",
        "Check that the folder belongs to you and that the disk is neither full nor read-only.",
    ),
    "vault_closed": Reason(
        "ERR_KEYRING",
        "The vault is closed.",
        "Start Watchkeeper again.",
    ),
    "vault_not_started": Reason(
        "ERR_KEYRING",
        "The vault has not been opened yet.",
        "Try again in a moment.",
    ),
}
"""Every fault by its name. The names, with ``params``, are what a translation needs."""


class VaultError(Exception):
    """Credentials could not be stored, read or erased.

    ``code`` is for programs (``ERR_KEYRING``, ``ERR_KEYRING_LOCKED``, ``ERR_KEYRING_TIMEOUT``,
    ``ERR_CREDENTIAL_MISSING``, ``ERR_CREDENTIAL_UNREADABLE``, ``ERR_VAULT_KEY``, ``ERR_PASSPHRASE``), ``message`` and
    ``advice`` are whole English sentences; ``reason`` (a key of :data:`REASONS`) and ``params`` are for translations.
    """

    def __init__(self, reason: str, **params: str | int | float) -> None:
        template = REASONS[reason]
        self.reason = reason
        self.params: dict[str, str | int | float] = dict(params)
        self.code = template.code
        self.message = template.message.format(**params)
        self.advice = template.advice.format(**params)
        super().__init__(f"{self.message} {self.advice}")

    @property
    def locked(self) -> bool:
        """Whether unlocking the keyring is all that is missing."""
        return self.code == "ERR_KEYRING_LOCKED"


LOCKED_NAMES: Final = frozenset({"LockedException", "PromptDismissedException"})
"""Faults of the Secret Service that ``keyring`` lets through as they are."""


def current_system() -> System:
    """Return the family of the operating system, which decides what advice helps."""
    names: dict[str, System] = {"win32": "windows", "darwin": "macos"}
    return names.get(sys.platform, "linux")


def translate(fault: Exception) -> VaultError:
    """Turn whatever a keyring backend raised into a :class:`VaultError`. Runs where ``keyring`` may be imported.

    Backends leak exceptions that are no ``KeyringError`` (``win32ctypes`` ones on Windows, D-Bus ones on Linux), so
    everything unknown becomes ``vault_failed`` with the name and text of the fault.
    """
    if isinstance(fault, VaultError):
        return fault
    from keyring import errors  # slow to import: only when needed

    system = current_system()
    detail = f"{type(fault).__name__}: {fault}"[:200].rstrip(". ")
    if isinstance(fault, errors.KeyringLocked) or type(fault).__name__ in LOCKED_NAMES:
        return VaultError(f"vault_locked_{system}")
    if isinstance(fault, errors.NoKeyringError):
        return VaultError(f"vault_none_{system}")
    if isinstance(fault, errors.InitError):
        return VaultError(f"vault_no_default_{system}", detail=detail)
    return VaultError("vault_failed", detail=detail)
