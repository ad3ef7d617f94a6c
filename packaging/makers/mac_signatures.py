"""Signs a bundle and a disk image, and has them notarized. Secrets come from the environment and go into no argument.

`MACOS_CERTIFICATE`           the Developer ID certificate with its key: PKCS #12, in base64
`MACOS_CERTIFICATE_PASSWORD`  its password
`MACOS_NOTARY_KEY`            a key of App Store Connect (the text of the `.p8` file)
`MACOS_NOTARY_KEY_ID`, `MACOS_NOTARY_ISSUER`  its two names

Without a certificate the bundle is signed ad hoc; without a notary key nothing is sent to Apple.
"""

import base64
import binascii
import json
import os
import plistlib
import secrets
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from makers.contexts import IDENTIFIER, Context, PackagingError, say
from makers.mac_infos import ENTITLEMENTS
from makers.mac_layouts import code_files, frameworks

AD_HOC: Final = "-"
AT_ONCE: Final = 40
"""Files that one call of ``codesign`` signs, in the order given."""
WAIT: Final = "45m"
WAIT_SECONDS: Final = 3000.0
_LIST: Final = ("security", "list-keychains", "-d", "user")
_CERTIFICATE: Final = ("MACOS_CERTIFICATE", "MACOS_CERTIFICATE_PASSWORD")
_NOTARY: Final = ("MACOS_NOTARY_KEY", "MACOS_NOTARY_KEY_ID", "MACOS_NOTARY_ISSUER")


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who signs. ``keychain`` holds the key, None for a signature of nobody."""

    name: str = AD_HOC
    keychain: Path | None = None

    @property
    def known(self) -> bool:
        """Whether Apple knows who it is; only then it makes sense to be notarized."""
        return self.name != AD_HOC


def sign_app(context: Context, app: Path, identity: Identity) -> None:
    """Seal a bundle from the inside out, then check every seal."""
    entitlements = context.work / "entitlements.plist"
    entitlements.parent.mkdir(parents=True, exist_ok=True)
    entitlements.write_bytes(plistlib.dumps(dict(ENTITLEMENTS)))
    for command in sign_commands(app, identity, entitlements):
        context.run(*command)
    context.run("codesign", "--verify", "--deep", "--strict", "--verbose=2", app)


def sign_commands(app: Path, identity: Identity, entitlements: Path) -> Iterator[list[str]]:
    """Yield the commands in their order: libraries, frameworks around them, executables, the bundle."""
    files = code_files(app)
    libraries = [path for path, program in files if not program]
    for start in range(0, len(libraries), AT_ONCE):
        yield [*_codesign(identity), *map(str, libraries[start : start + AT_ONCE])]
    for path in frameworks(app):
        yield [*_codesign(identity), str(path)]
    rights = ["--entitlements", str(entitlements)]
    for path, program in files[:-1]:
        if program:
            yield [*_codesign(identity), *rights, "--identifier", f"{IDENTIFIER}.{path.name}", str(path)]
    yield [*_codesign(identity), *rights, str(app)]  # with the main program itself


def sign_image(context: Context, image: Path, identity: Identity) -> None:
    """Seal a disk image; a signature of nobody would say nothing."""
    if identity.known:
        context.run(*_codesign(identity, runtime=False), "--identifier", f"{IDENTIFIER}.image", str(image))


def _codesign(identity: Identity, *, runtime: bool = True) -> list[str]:
    command = ["codesign", "--force", "--sign", identity.name]
    if not identity.known:
        # Libraries signed by nobody are of no team: under the hardened runtime the program would refuse them.
        return [*command, "--timestamp=none"]
    keychain = ["--keychain", str(identity.keychain)] if identity.keychain else []
    return [*command, "--timestamp", *(["--options", "runtime"] if runtime else []), *keychain]


@contextmanager
def identity_of(context: Context, environment: Mapping[str, str] = os.environ) -> Iterator[Identity]:
    """Give the identity of the environment's certificate, in a keychain that is deleted afterwards."""
    given = _given(environment, _CERTIFICATE)
    if given is None:
        say("No certificate: signed ad hoc, macOS will ask people to allow it.")
        yield Identity()
        return
    try:
        certificate = base64.b64decode(given["MACOS_CERTIFICATE"], validate=False)
    except binascii.Error as error:
        raise PackagingError("MACOS_CERTIFICATE is not base64.") from error
    context.work.mkdir(parents=True, exist_ok=True)
    keychain, file = context.work / "signing.keychain-db", context.work / "certificate.p12"
    keychain.unlink(missing_ok=True)
    try:
        _write_private(file, certificate)
        others = [line.strip().strip('"') for line in context.run(*_LIST).splitlines()]
        _security(keychain_commands(keychain, file, given["MACOS_CERTIFICATE_PASSWORD"], secrets.token_hex(24)))
        # Looked at for the chain of certificates; deleting it takes it out of the list again.
        context.run(
            "security", "list-keychains", "-d", "user", "-s", keychain, *(line.strip().strip('"') for line in others)
        )
        yield Identity(name=_name(context, keychain), keychain=keychain)
    finally:
        file.unlink(missing_ok=True)
        if keychain.exists():
            context.run("security", "delete-keychain", keychain)


def keychain_commands(keychain: Path, certificate: Path, password: str, own: str) -> str:
    """Return what ``security -i`` reads on its stdin, so that no password is an argument of a process."""
    chain = quote(str(keychain))
    lines = [
        f"create-keychain -p {quote(own)} {chain}",
        f"set-keychain-settings -t 7200 {chain}",
        f"unlock-keychain -p {quote(own)} {chain}",
        f"import {quote(str(certificate))} -k {chain} -f pkcs12 -P {quote(password)} -T /usr/bin/codesign",
        f"set-key-partition-list -S apple-tool:,apple: -s -k {quote(own)} {chain}",
    ]
    return "\n".join(lines) + "\n"


def quote(word: str) -> str:
    """Quote for ``security -i``, which knows double quotes and a backslash before what would end them."""
    if "\n" in word or "\r" in word:
        raise PackagingError("A password with a line break cannot be handed on.")
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _security(commands: str) -> None:
    try:
        done = subprocess.run(
            ["security", "-i"], input=commands, capture_output=True, encoding="utf-8", timeout=120, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PackagingError(f"security cannot be run: {error}") from None
    said = [line for line in done.stderr.splitlines() if line.strip()]
    # What it echoes may hold a password: only its own complaints are repeated, never a command.
    wrong = [line for line in said if line.startswith("security: ")]
    if done.returncode != 0 or wrong:
        raise PackagingError(f"The certificate cannot be used: {'; '.join(wrong) or f'code {done.returncode}'}.")


def _name(context: Context, keychain: Path) -> str:
    """Return the fingerprint of the one identity in ``keychain``."""
    said = context.run("security", "find-identity", "-v", "-p", "codesigning", keychain)
    return fingerprint(said)


def fingerprint(said: str) -> str:
    """Return the fingerprint in the answer of ``security find-identity``."""
    found = [words[1] for line in said.splitlines() if len(words := line.split()) > 2 and words[0].endswith(")")]
    if len(found) != 1:
        raise PackagingError(f"MACOS_CERTIFICATE holds {len(found)} identities that can sign programs instead of one.")
    return found[0]


def can_notarize(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the environment has a key of the notary. Raises for half of one."""
    return _given(environment, _NOTARY) is not None


def notarize(context: Context, file: Path, staple: Path, environment: Mapping[str, str] = os.environ) -> None:
    """Send ``file`` (a zip or a disk image) to the notary, wait, and fasten the ticket to ``staple``."""
    given = _given(environment, _NOTARY)
    if given is None:
        say(f"No key of the notary: {file.name} is not notarized.")
        return
    key = context.work / "notary.p8"
    key.parent.mkdir(parents=True, exist_ok=True)
    try:
        _write_private(key, given["MACOS_NOTARY_KEY"].strip().encode() + b"\n")
        who = ["--key", str(key), "--key-id", given["MACOS_NOTARY_KEY_ID"], "--issuer", given["MACOS_NOTARY_ISSUER"]]
        tool = ("xcrun", "notarytool")
        command = [*tool, "submit", str(file), *who, "--wait", "--timeout", WAIT, "--output-format", "json"]
        answer = json.loads(context.run(*command, seconds=WAIT_SECONDS) or "{}")
        if answer.get("status") != "Accepted":
            why = context.run(*tool, "log", str(answer.get("id", "")), *who) if answer.get("id") else ""
            raise PackagingError(f"The notary says {answer.get('status', 'nothing')} to {file.name}.\n{why}")
    finally:
        key.unlink(missing_ok=True)
    context.run("xcrun", "stapler", "staple", staple)


def _given(environment: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str] | None:
    """Return the values of ``names``, None when there is none of them. Raises when there are only some."""
    found = {name: environment[name] for name in names if environment.get(name)}
    if not found:
        return None
    missing = [name for name in names if name not in found]
    if missing:
        raise PackagingError(f"{', '.join(missing)} must be set too when {', '.join(found)} is.")
    return found


def _write_private(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
