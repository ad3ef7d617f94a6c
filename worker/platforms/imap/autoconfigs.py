"""Settings as a provider publishes them for mail programs (the XML that Thunderbird reads). All synchronous.

The document comes from strangers: its declarations are refused, and only what fits a setting is taken from it.
"""

import re
import xml.parsers.expat
from typing import Any, Final

import msgspec

MAX_BYTES: Final = 64 * 1024
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_SECURITY: Final = {"SSL": "tls", "STARTTLS": "starttls"}
_PLACES: Final = ("%EMAILADDRESS%", "%EMAILLOCALPART%", "%EMAILDOMAIN%")


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One IMAP server. ``username`` is the whole name to sign in with; ``oauth``: it takes no password."""

    host: str
    port: int
    security: str
    username: str
    oauth: bool = False

    def settings(self, typed: str) -> dict[str, Any]:
        """Return what is to be put into the form; the port only where it is an unusual one."""
        usual = {"tls": 993, "starttls": 143}[self.security]
        values: dict[str, Any] = {"host": self.host, "security": self.security}
        if self.port != usual:
            values["port"] = self.port
        if self.username != typed:
            values["username"] = self.username
        return values


def parse(document: bytes, address: str) -> list[Found]:
    """Return the encrypted IMAP servers that a document names for ``address``, best first; none for what is none."""
    reader = _Reader()
    parser = xml.parsers.expat.ParserCreate()
    parser.StartElementHandler = reader.begin
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.words
    # Entities that a document declares itself may grow without end.
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(document[:MAX_BYTES], True)
    except (xml.parsers.expat.ExpatError, LookupError, ValueError):
        return []
    found = [one for server in reader.servers if (one := _found(server, address)) is not None]
    # TLS from the first byte leaves nothing to be stripped.
    return sorted(found, key=lambda one: one.security != "tls")


def _refuse(*_: object) -> None:
    raise ValueError("a document type")


class _Reader:
    """Collects the direct children of ``<incomingServer type="imap">``."""

    def __init__(self) -> None:
        self.servers: list[dict[str, list[str]]] = []
        self._inside = False
        self._name = ""

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "incomingServer":
            self._inside = attributes.get("type") == "imap"
            if self._inside:
                self.servers.append({})
        elif self._inside:
            self._name = name
            self.servers[-1].setdefault(name, []).append("")

    def end(self, name: str) -> None:
        self._name = ""
        if name == "incomingServer":
            self._inside = False

    def words(self, words: str) -> None:
        if self._inside and self._name:
            self.servers[-1][self._name][-1] += words


def _found(server: dict[str, list[str]], address: str) -> Found | None:
    local, _, domain = address.rpartition("@")
    # Some write the place-holders where the provider's own domain is meant.
    filled = {name: _filled(values[0].strip(), address, local, domain) for name, values in server.items() if values}
    host, port = filled.get("hostname", ""), filled.get("port", "")
    security = _SECURITY.get(filled.get("socketType", ""))
    if security is None or not _HOST.fullmatch(host) or not port.isdecimal() or not 0 < int(port) < 65536:
        return None
    kinds = {kind.strip() for kind in server.get("authentication", [])}
    username = filled.get("username") or address
    if any(ord(letter) < 32 for letter in username) or len(username) > 320:
        return None
    return Found(
        host=host.lower(),
        port=int(port),
        security=security,
        username=username,
        oauth="OAuth2" in kinds and not kinds & {"password-cleartext", "password-encrypted", "plain", "secure"},
    )


def _filled(words: str, address: str, local: str, domain: str) -> str:
    for place, value in zip(_PLACES, (address, local, domain), strict=True):
        words = words.replace(place, value)
    return words
