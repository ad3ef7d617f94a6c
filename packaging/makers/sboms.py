"""The list of everything inside the built program, as CycloneDX 1.6: one file a system and processor, made where it was
built. The same build gives the same file, to the byte."""

import hashlib
import json
import platform
import re
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from makers.checksums import sha256
from makers.contexts import Context
from makers.dmgs import here
from makers.inventories import PYTHON, Part, take
from makers.licences import spdx

SYSTEMS: Final = {"Linux": "linux", "Windows": "windows", "Darwin": "macos"}
_SIMPLE: Final = re.compile(r"[A-Za-z0-9.+-]+")


def make(context: Context) -> list[Path]:
    """Return the list. Raises :class:`PackagingError` where the program was not built."""
    bundle = context.demand_bundle()
    system = SYSTEMS.get(platform.system(), platform.system().lower())
    target = context.dist / f"watchkeeper-{context.version}-{system}-{here()}.cdx.json"
    document = describe(take(context), context.version, context.epoch, bundle)
    target.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n")
    return [target]


def describe(parts: list[Part], version: str, epoch: int, bundle: Path) -> dict[str, Any]:
    """Return the document. ``bundle`` holds the native files, whose sums stand in it."""
    components = [component(part, bundle) for part in parts]
    product = {
        "type": "application",
        "bom-ref": f"pkg:generic/watchkeeper@{version}",
        "name": "Watchkeeper",
        "version": version,
        "licenses": [{"license": {"id": "MIT"}}],
        "purl": f"pkg:generic/watchkeeper@{version}",
    }
    document: dict[str, Any] = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "lifecycles": [{"phase": "build"}],
            "component": product,
        },
        "components": components,
        "dependencies": [
            {"ref": product["bom-ref"], "dependsOn": sorted(one["bom-ref"] for one in components)},
            *({"ref": ref} for ref in sorted(one["bom-ref"] for one in components)),
        ],
    }
    seed = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
    return {**document, "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, seed)}"}


def component(part: Part, bundle: Path) -> dict[str, Any]:
    """Return one library with its native files."""
    purl = package_url(part)
    found: dict[str, Any] = {
        "type": "file" if part.kind == "file" else "framework" if part.name == "Qt" else "library",
        "bom-ref": purl or f"file:{part.files[0]}",
        "name": part.name,
    }
    if part.version:
        found["version"] = part.version
    if part.kind != "file":
        found["licenses"] = licences(part)
    if purl:
        found["purl"] = purl
    if part.name == PYTHON:
        found["cpe"] = f"cpe:2.3:a:python:python:{part.version}:*:*:*:*:*:*:*"
    if part.name == "OpenSSL":
        found["cpe"] = f"cpe:2.3:a:openssl:openssl:{part.version}:*:*:*:*:*:*:*"
    if part.page.startswith(("https://", "http://")):
        found["externalReferences"] = [{"type": "website", "url": quote(part.page, safe=":/?#[]@!$&'()*+,;=%~")}]
    files = [entry for name in part.files if (entry := _file(found["bom-ref"], name, bundle))]
    if files:
        found["components"] = files
    return found


def licences(part: Part) -> list[dict[str, Any]]:
    """Return the licences of a part as CycloneDX has them."""
    expression = spdx(part)
    if not expression:
        words = "Debian copyright file" if part.kind == "deb" else part.licence or "unknown"
        return [{"license": {"name": words}}]
    if _SIMPLE.fullmatch(expression):
        return [{"license": {"id": expression}}]
    return [{"expression": expression}]


def package_url(part: Part) -> str:
    """Return the name by which weaknesses of a part are looked up; "" for a file of nobody."""
    version = f"@{quote(part.version, safe='')}" if part.version else ""
    name = quote(part.name.lower().replace(" ", "-"), safe="+.-_~")
    if part.kind == "pypi":
        return f"pkg:pypi/{name.replace('_', '-')}{version}"
    if part.kind == "deb":
        vendor = _vendor()
        return f"pkg:deb/{vendor}/{name}{version}?distro={vendor}"
    return "" if part.kind == "file" else f"pkg:generic/{name}{version}"


def _vendor() -> str:
    try:
        return platform.freedesktop_os_release().get("ID", "debian")
    except OSError:
        return "debian"


def _file(owner: str, name: str, bundle: Path) -> dict[str, Any] | None:
    place = name.replace("\\", "/")
    keepers = sorted(folder.name for folder in bundle.glob("keeper-*"))
    for folder in ("_internal", *(f"{keeper}/_internal" for keeper in keepers)):
        path = bundle / folder / place
        if path.is_file():
            sums = [{"alg": "SHA-256", "content": sha256(path)}]
            return {"type": "file", "bom-ref": f"{owner}#{place}", "name": f"{folder}/{place}", "hashes": sums}
    return None
