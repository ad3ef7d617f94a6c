"""Windows: manifests for winget of the setup program and the package in ``dist/``. ``--set repository=OWNER/NAME``.

Fields and their rules: the JSON schemas of winget, version 1.6.0 (version, installer, defaultLocale, locale).
"""

import json
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from makers.checksums import WINDOWS, sha256
from makers.contexts import Context, PackagingError
from makers.msis import UPGRADE_CODE, product_code
from makers.windows_resources import PUBLISHER, three_numbers

PACKAGE: Final = "Watchkeeper.Watchkeeper"
SCHEMA: Final = "1.6.0"
UNINSTALL: Final = "Watchkeeper"
"""Key of the setup program in the list of installed programs: ``packaging/windows/watchkeeper.nsi``."""
EXITS: Final = {10: "downgrade", 11: "packageInUse", 12: "fileInUse"}
"""Exit codes of the setup program, in winget's words."""
TAGS: Final = ("notifications", "imap", "rss", "feeds", "monitoring", "tray")
_REPOSITORY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")

Document = Mapping[str, Any]


def make(context: Context) -> list[Path]:
    """Return the manifests, ``dist/winget/``: to be offered to winget's list of packages, not to be downloaded."""
    sums = {}
    for kind in ("exe", "msi"):
        path = context.dist / f"Watchkeeper-{context.version}-windows-x64.{kind}"
        if not path.is_file():
            raise PackagingError(
                f"{path.name} is not in {context.dist}: winget needs the setup program and the package."
            )
        sums[kind] = sha256(path).upper()
    folder = context.dist / "winget"
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    day = time.strftime("%Y-%m-%d", time.gmtime(context.epoch))
    for name, document in documents(context.version, context.settings.get("repository", ""), sums, day).items():
        path = folder / f"{name}.yaml"
        path.write_text(text(document), encoding="utf-8", newline="\n")
        made.append(path)
    return made


def documents(version: str, repository: str, sums: Mapping[str, str], day: str) -> dict[str, Document]:
    """Return the manifests by the names of their files. Raises :class:`PackagingError` for what is no repository."""
    if _REPOSITORY.fullmatch(repository) is None:
        raise PackagingError("The manifests must say where the files are: --set repository=OWNER/NAME.")
    home = f"https://github.com/{repository}"
    return {
        PACKAGE: _document("version", version, {"DefaultLocale": "en-US"}),
        f"{PACKAGE}.installer": _document("installer", version, _installers(version, home, sums, day)),
        f"{PACKAGE}.locale.en-US": _document("defaultLocale", version, _english(version, home)),
        f"{PACKAGE}.locale.zh-CN": _document("locale", version, _chinese(home)),
    }


def text(document: Document) -> str:
    """Return a manifest as a file. Its strings are quoted as in JSON, which YAML reads too."""
    kind = document["ManifestType"]
    head = f"# yaml-language-server: $schema=https://aka.ms/winget-manifest.{kind}.{SCHEMA}.schema.json\n\n"
    return head + "".join(f"{line}\n" for line in _lines(document))


def _document(kind: str, version: str, fields: Document) -> Document:
    return {
        "PackageIdentifier": PACKAGE,
        "PackageVersion": version,
        **fields,
        "ManifestType": kind,
        "ManifestVersion": SCHEMA,
    }


def _installers(version: str, home: str, sums: Mapping[str, str], day: str) -> Document:
    address = f"{home}/releases/download/v{version}/Watchkeeper-{version}-windows-x64"
    return {
        "Platform": ["Windows.Desktop"],
        "MinimumOSVersion": f"{WINDOWS}.0",
        "InstallModes": ["interactive", "silent", "silentWithProgress"],
        "UpgradeBehavior": "install",
        "Protocols": ["watchkeeper"],
        "ReleaseDate": day,
        "Installers": [
            {
                "Architecture": "x64",
                "InstallerType": "nullsoft",
                "Scope": "user",
                "InstallerUrl": f"{address}.exe",
                "InstallerSha256": sums["exe"],
                "ProductCode": UNINSTALL,
                "ExpectedReturnCodes": [
                    {"InstallerReturnCode": code, "ReturnResponse": answer} for code, answer in EXITS.items()
                ],
            },
            {
                "Architecture": "x64",
                "InstallerType": "wix",
                "Scope": "machine",
                "InstallerUrl": f"{address}.msi",
                "InstallerSha256": sums["msi"],
                "ProductCode": f"{{{product_code(version)}}}",
                "AppsAndFeaturesEntries": [
                    {"DisplayVersion": three_numbers(version), "UpgradeCode": f"{{{UPGRADE_CODE}}}"}
                ],
            },
        ],
    }


def _english(version: str, home: str) -> Document:
    return {
        "PackageLocale": "en-US",
        **_everywhere(home),
        "License": "MIT",
        "ShortDescription": "Keeps watch over all your accounts from one desktop.",
        "Description": (
            "Watches mailboxes, feeds, chat and social accounts, web pages and scripts, and notifies of what is new "
            "within seconds, never twice. Credentials stay in the Windows Credential Manager."
        ),
        "Moniker": "watchkeeper",
        "Tags": list(TAGS),
        "ReleaseNotesUrl": f"{home}/releases/tag/v{version}",
    }


def _chinese(home: str) -> Document:
    return {
        "PackageLocale": "zh-CN",
        **_everywhere(home),
        "License": "MIT",
        "ShortDescription": "在一个桌面上看护您的所有账户。",
        "Description": (
            "看护邮箱、订阅源、聊天与社交账户、网页和脚本，几秒之内通知新内容，绝不重复。"
            "凭据保存在 Windows 凭据管理器中。"
        ),
    }


def _everywhere(home: str) -> Document:
    return {
        "Publisher": PUBLISHER,
        "PublisherUrl": home,
        "PublisherSupportUrl": f"{home}/issues",
        "PackageName": "Watchkeeper",
        "PackageUrl": home,
        "LicenseUrl": f"{home}/blob/main/LICENSE",
    }


def _lines(value: Document, indent: str = "") -> Iterator[str]:
    for name, one in value.items():
        if isinstance(one, list):
            yield f"{indent}{name}:"
            for part in one:
                if isinstance(part, Mapping):
                    first, *rest = _lines(part, f"{indent}  ")
                    yield f"{indent}- {first.strip()}"
                    yield from rest
                else:
                    yield f"{indent}- {json.dumps(part, ensure_ascii=False)}"
        else:
            yield f"{indent}{name}: {json.dumps(one, ensure_ascii=False)}"
