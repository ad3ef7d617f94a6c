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
    credentials: Literal["none", "optional", "required"] = "none"
    demo: bool = False
    """Offered only in ``watchkeeper demo``."""


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
    texts: dict[str, Words] = {}
    """Codes of this plug-in's own :class:`~worker.protocol.texts.Text`, per language."""

    def field(self, name: str) -> Field | None:
        """Return the field called ``name``."""
        return next((field for field in self.fields if field.name == name), None)


class Catalog(msgspec.Struct, frozen=True, kw_only=True):
    """All plug-ins of an installation: what ``worker --describe`` prints."""

    version: str
    platforms: list[Manifest] = []
    runners: list[Manifest] = []


def decode_manifest(document: dict[str, Any]) -> Manifest:
    """Make a manifest of parsed TOML. Raises ``msgspec.ValidationError`` that names the wrong key."""
    return msgspec.convert(document, Manifest, strict=True)
