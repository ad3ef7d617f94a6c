"""What a plug-in says of itself: its dialog, the catalogue and the contract tests are made from it."""

from typing import Any, Literal

import msgspec

Words = dict[str, str]
"""One short text in several languages, by tag: ``{"en": …, "zh_CN": …}``; ``en`` is always there."""

FieldType = Literal["text", "password", "url", "number", "boolean", "choice", "list", "multiline", "file", "map"]
"""``list``: texts; ``map``: texts by name, such as headers."""


class Choice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One value of a ``choice`` field."""

    value: str
    title: Words


class Field(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One field of a plug-in's settings, or (``secret``) of its credentials."""

    name: str
    type: FieldType
    title: Words
    help: Words = {}
    placeholder: str = ""
    required: bool = False
    secret: bool = False
    default: str | int | float | bool | list[str] | dict[str, str] | None = None
    minimum: float | None = None
    maximum: float | None = None
    choices: list[Choice] = []
    advanced: bool = False
    """Shown only after *More options*."""


class Capabilities(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a platform can do beside polling, and whether a plug-in takes credentials."""

    push: bool = False
    """Has ``listen``: the server tells when something is new."""
    mark_read: bool = False
    """Has ``mark_read``: what is read here can be marked as read at the service."""
    log_out: bool = False
    """Has ``log_out``: its service can be told to forget what signs in, or the session that came of it."""
    credentials: Literal["none", "optional", "required"] = "none"
    proxy: bool = False
    """Makes every connection through ``Context.proxy``. Without it an account that has a proxy is refused."""
    demo: bool = False
    """Offered only in ``watchkeeper demo``."""
    local: bool = False
    """Watches this machine alone: how it fares says nothing of the network."""
    executes: bool = False
    """Runs programs of this machine: it heeds the setting ``job_commands``."""
    propose: bool = False
    """Has ``propose``: completes what was typed so far, by asking around (feeds of a page, servers of an address)."""


LoginKind = Literal["qr", "code", "url", "device_code"]
"""What a sign-in shows or asks: a QR code, a code to be typed here, a page to be opened, a code to be typed there."""


class Login(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way to sign in beside typing the secret fields; the adapter's ``login`` is called with its id."""

    id: str
    kind: LoginKind
    """What comes first; others may follow (a second password after the QR code)."""
    title: Words
    help: Words = {}
    fields: list[str] = []
    """Fields, also secret ones, that are asked beforehand."""


class Preset(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A well-known service: what its accounts' settings are, and what it accepts as a sign-in."""

    id: str
    title: Words
    match: list[str]
    """Domains of the address (``you@example.org``) or host names of the web address; ``*.`` stands for any labels."""
    settings: dict[str, str | int | float | bool | list[str] | dict[str, str]] = {}
    """Values to put into the form, where nothing else was typed."""
    login: str = "password"
    """How one signs in: ``password`` (the secret fields as they are), ``app_password``, ``authorization_code`` (both
    are typed into the secret fields, but made on the service's page), or a login kind of the manifest such as
    ``device_code``."""
    secret: Words = {}
    """What the service calls what is typed into the password field; empty: as the field's own title."""
    note: Words = {}
    """To be said before the password field: what the service accepts and how to get it."""
    link: str = ""
    """The service's page where it is made."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A plug-in's manifest (``manifest.toml`` in its folder)."""

    id: str
    kind: Literal["platform", "runner"] = "platform"
    title: Words
    summary: Words
    icon: str
    """One letter shown in the coloured square."""
    color: str
    """``#rrggbb`` of that square; white text on it has a contrast of at least 3:1."""
    item_kinds: list[str] = []
    capabilities: Capabilities = Capabilities()
    libraries: list[str] = []
    """Distribution names that the adapter imports."""
    name_from: str = ""
    """Field whose value is proposed as the account's name and is its ``platform_account_id`` (e.g. ``url``)."""
    fields: list[Field] = []
    logins: list[Login] = []
    """Ways to sign in beside typing the secret fields, the best first."""
    presets: list[Preset] = []
    preset_from: str = ""
    """Field whose value finds the preset: a mail address, an address of the web, a name of a server."""
    quality: dict[str, str] = {}
    """Rule of ``worker/sdk/qualities.py`` → ``yes``, or why it does not concern this platform."""
    texts: dict[str, Words] = {}
    """Codes of this plug-in's own :class:`~worker.protocol.texts.Text`, per language."""

    def field(self, name: str) -> Field | None:
        """Return the field called ``name``."""
        return next((field for field in self.fields if field.name == name), None)

    def login(self, login_id: str) -> Login | None:
        """Return the way to sign in called ``login_id``."""
        return next((login for login in self.logins if login.id == login_id), None)

    def preset_of(self, value: str) -> Preset | None:
        """Return the preset for what was typed into ``preset_from``, None where none is known."""
        host = _host_of(value)
        return next((preset for preset in self.presets if any(_matches(host, one) for one in preset.match)), None)


def _host_of(value: str) -> str:
    """Return the host name in an address of whatever kind, lower-case, "" where there is none."""
    host = value.strip().lower().partition("://")[2] or value.strip().lower()
    host = host.partition("/")[0].rpartition("@")[2]
    return host.partition(":")[0].strip(".")


def _matches(host: str, pattern: str) -> bool:
    return bool(host) and (host == pattern or (pattern.startswith("*.") and host.endswith(pattern[1:])))


class BrokenPlugin(msgspec.Struct, frozen=True, kw_only=True):
    """A plug-in that is left out, and why."""

    kind: Literal["platform", "runner"]
    package: str
    reason: str


class Catalog(msgspec.Struct, frozen=True, kw_only=True):
    """All plug-ins of an installation: what ``worker --describe`` prints."""

    version: str
    platforms: list[Manifest] = []
    runners: list[Manifest] = []
    broken: list[BrokenPlugin] = []
    """Left out: shown, and no harm to the others."""


def decode_manifest(document: dict[str, Any]) -> Manifest:
    """Make a manifest of parsed TOML. Raises ``msgspec.ValidationError`` that names the wrong key."""
    return msgspec.convert(document, Manifest, strict=True)
