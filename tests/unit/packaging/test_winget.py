"""Manifests for winget keep the rules of its schemas, version 1.6.0, as far as fields of ours are concerned."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from ruamel.yaml import YAML

from makers import winget
from makers.checksums import sha256
from makers.contexts import PackagingError, make_context
from tests.architecture.rules import ROOT

VERSION = "1.2.3"
URL = {"type": "string", "pattern": "^([Hh][Tt][Tt][Pp][Ss]?)://.+$", "maxLength": 2048}
LOCALE = {"type": "string", "pattern": "^([a-zA-Z]{2,3}|[iI]-[a-zA-Z]+|[xX]-[a-zA-Z]{1,8})(-[a-zA-Z]{1,8})*$"}
COMMON: dict[str, Any] = {
    "PackageIdentifier": {
        "type": "string",
        "pattern": r"^[^\.\s\\/:\*\?\"<>\|\x01-\x1f]{1,32}(\.[^\.\s\\/:\*\?\"<>\|\x01-\x1f]{1,32}){1,7}$",
        "maxLength": 128,
    },
    "PackageVersion": {"type": "string", "pattern": r"^[^\\/:\*\?\"<>\|\x01-\x1f]+$", "maxLength": 128},
    "ManifestType": {"enum": ["version", "installer", "defaultLocale", "locale"]},
    "ManifestVersion": {"const": "1.6.0"},
}
TEXT_FIELDS = {
    **dict.fromkeys(("PublisherUrl", "PublisherSupportUrl", "PackageUrl", "LicenseUrl", "ReleaseNotesUrl"), URL),
    "PackageLocale": LOCALE,
    "Publisher": {"type": "string", "minLength": 2, "maxLength": 256},
    "PackageName": {"type": "string", "minLength": 2, "maxLength": 256},
    "License": {"type": "string", "minLength": 3, "maxLength": 512},
    "ShortDescription": {"type": "string", "minLength": 3, "maxLength": 256},
    "Description": {"type": "string", "minLength": 3, "maxLength": 10000},
    "Moniker": {"type": "string", "minLength": 1, "maxLength": 40},
    "Tags": {"type": "array", "items": {"type": "string", "maxLength": 40}, "maxItems": 16, "uniqueItems": True},
}
CODE = {"type": "string", "minLength": 1, "maxLength": 255}
INSTALLER = {
    "Architecture": {"enum": ["x86", "x64", "arm", "arm64", "neutral"]},
    "InstallerType": {"enum": ["msix", "msi", "appx", "exe", "zip", "inno", "nullsoft", "wix", "burn", "portable"]},
    "Scope": {"enum": ["user", "machine"]},
    "InstallerUrl": URL,
    "InstallerSha256": {"type": "string", "pattern": "^[A-Fa-f0-9]{64}$"},
    "ProductCode": CODE,
    "ExpectedReturnCodes": {
        "type": "array",
        "items": {
            "properties": {
                "InstallerReturnCode": {"type": "integer", "not": {"const": 0}},
                "ReturnResponse": {"enum": ["packageInUse", "fileInUse", "downgrade"]},
            },
            "additionalProperties": False,
        },
    },
    "AppsAndFeaturesEntries": {
        "type": "array",
        "items": {"properties": {"DisplayVersion": CODE, "UpgradeCode": CODE}, "additionalProperties": False},
    },
}
OF_INSTALLERS = {
    "Platform": {"type": "array", "items": {"enum": ["Windows.Desktop", "Windows.Universal"]}},
    "MinimumOSVersion": {"type": "string", "pattern": r"^\d{1,5}(\.\d{1,5}){0,3}$"},
    "InstallModes": {"type": "array", "items": {"enum": ["interactive", "silent", "silentWithProgress"]}},
    "UpgradeBehavior": {"enum": ["install", "uninstallPrevious"]},
    "Protocols": {"type": "array", "items": {"type": "string"}, "maxItems": 64},
    "ReleaseDate": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
    "Installers": {
        "type": "array",
        "minItems": 1,
        "items": {
            "properties": INSTALLER,
            "required": ["Architecture", "InstallerUrl", "InstallerSha256"],
            "additionalProperties": False,
        },
    },
}
SCHEMAS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "version": ({"DefaultLocale": LOCALE}, ["DefaultLocale"]),
    "installer": (OF_INSTALLERS, ["Installers"]),
    "defaultLocale": (
        TEXT_FIELDS,
        ["PackageLocale", "Publisher", "PackageName", "License", "ShortDescription"],
    ),
    "locale": (
        {name: rule for name, rule in TEXT_FIELDS.items() if name != "Moniker"},
        ["PackageLocale"],
    ),
}


@pytest.fixture
def manifests(tmp_path: Path) -> dict[str, dict[str, Any]]:
    """The manifests as files, by name, read by another's reader of YAML."""
    context = make_context(ROOT, {"repository": "somebody/watchkeeper"})
    context = replace(context, version=VERSION, dist=tmp_path)
    for kind in ("exe", "msi"):
        (tmp_path / f"Watchkeeper-{VERSION}-windows-x64.{kind}").write_text(kind)
    return {path.name: YAML(typ="safe").load(path.read_text("utf-8")) for path in winget.make(context)}


def test_every_manifest_keeps_its_rules(manifests: dict[str, dict[str, Any]]) -> None:
    assert sorted(manifests) == [
        *("Watchkeeper.Watchkeeper.installer.yaml", "Watchkeeper.Watchkeeper.locale.en-US.yaml"),
        *("Watchkeeper.Watchkeeper.locale.zh-CN.yaml", "Watchkeeper.Watchkeeper.yaml"),
    ]
    for manifest in manifests.values():
        fields, required = SCHEMAS[manifest["ManifestType"]]
        schema = {"properties": COMMON | fields, "required": [*COMMON, *required], "additionalProperties": False}
        # Dates of YAML are dates.
        plain = {name: str(value) if name == "ReleaseDate" else value for name, value in manifest.items()}
        jsonschema.validate(plain, schema)
        assert (manifest["PackageIdentifier"], manifest["PackageVersion"]) == ("Watchkeeper.Watchkeeper", VERSION)


def test_installers_are_the_files_of_the_release(manifests: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    installers = manifests["Watchkeeper.Watchkeeper.installer.yaml"]["Installers"]
    assert [one["Scope"] for one in installers] == ["user", "machine"]
    for one in installers:
        name = one["InstallerUrl"].rpartition("/")[2]
        assert one["InstallerUrl"] == f"https://github.com/somebody/watchkeeper/releases/download/v{VERSION}/{name}"
        assert one["InstallerSha256"] == sha256(tmp_path / name).upper()


def test_the_locale_that_is_the_default_is_there(manifests: dict[str, dict[str, Any]]) -> None:
    default = manifests["Watchkeeper.Watchkeeper.yaml"]["DefaultLocale"]
    assert manifests[f"Watchkeeper.Watchkeeper.locale.{default}.yaml"]["ManifestType"] == "defaultLocale"
    assert "账户" in manifests["Watchkeeper.Watchkeeper.locale.zh-CN.yaml"]["ShortDescription"]


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    context = replace(make_context(ROOT), version=VERSION, dist=tmp_path)
    with pytest.raises(PackagingError, match=r"windows-x64\.exe is not in"):
        winget.make(context)
    with pytest.raises(PackagingError, match="--set repository=OWNER/NAME"):
        winget.documents(VERSION, "nowhere", {"exe": "", "msi": ""}, "2027-01-02")
