"""Who may import whom, as one table. ``python -m tests.architecture.contracts`` tells it to import-linter."""

from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("desktop", "master", "worker")

LEAF = "<leaves>"
"""Stands for the single files of the same package that all of its layers may use: settings, errors, words …"""

PROTOCOL = ("worker.protocol", "worker.version", "worker.programs")

_WINDOW = (LEAF, "resources", "master.api")

LAYERS: dict[str, tuple[str, ...]] = {
    "desktop.__main__": (
        "desktop.app",
        "desktop.checks",
        "desktop.options",
        "master.cli",
        "worker.__main__",
        "worker.shim",
        "worker.version",
        "worker.programs",
    ),
    "desktop.app": ("desktop", "resources", "master.app", "master.api", "master.errors", "master.settings", *PROTOCOL),
    "desktop.compositions": (
        "desktop.views",
        "desktop.dialogs",
        "desktop.models",
        "desktop.integration",
        "desktop.bridge",
        *_WINDOW,
    ),
    "desktop.views": (
        "desktop.dialogs",
        "desktop.delegates",
        "desktop.models",
        "desktop.integration",
        "desktop.bridge",
        *_WINDOW,
    ),
    "desktop.dialogs": ("desktop.delegates", "desktop.models", "desktop.integration", "desktop.bridge", *_WINDOW),
    "desktop.delegates": ("desktop.models", "desktop.integration", "desktop.bridge", *_WINDOW),
    "desktop.models": ("desktop.bridge", *_WINDOW),
    "desktop.integration": ("desktop.bridge", *_WINDOW),
    "desktop.bridge": _WINDOW,
    "master.__main__": ("master.cli",),
    "master.app": ("master", *PROTOCOL),
    "master.foundations": ("master.services", "master.store", "master.vault", "master.api", LEAF, *PROTOCOL),
    "master.cores": (
        "master.foundations",
        "master.services",
        "master.sockets",
        "master.deploy",
        "master.store",
        "master.api",
        LEAF,
        *PROTOCOL,
    ),
    "master.compositions": (
        "master.cores",
        "master.foundations",
        "master.services",
        "master.sockets",
        "master.supervision",
        "master.deploy",
        "master.store",
        "master.vault",
        "master.api",
        LEAF,
        *PROTOCOL,
    ),
    "master.cli": ("master.api", "master.checks", LEAF, *PROTOCOL),
    "master.checks": ("master.api", "master.deploy", "master.store", "master.vault", LEAF, *PROTOCOL),
    "master.profiles": ("master.vault", LEAF, *PROTOCOL),
    "master.rest": ("master.services", "master.api", LEAF, *PROTOCOL),
    "master.sockets": ("master.services", "master.api", LEAF, *PROTOCOL),
    "master.services": (
        "master.supervision",
        "master.store",
        "master.vault",
        "master.api",
        LEAF,
        *PROTOCOL,
    ),
    "master.supervision": ("master.deploy", LEAF, *PROTOCOL),
    "master.deploy": (LEAF, *PROTOCOL),
    "master.store": (LEAF, *PROTOCOL),
    "master.api": (LEAF, *PROTOCOL),
    "master.vault": (),
    "worker.__main__": ("worker.runtime", "worker.sdk", "worker.shim", *PROTOCOL),
    "worker.runtime": ("worker.sdk", "worker.shim", *PROTOCOL),
    "worker.platforms": ("worker.sdk",),
    "worker.runners": ("worker.sdk",),
    "worker.shim": (),
    "worker.sdk": PROTOCOL,
    "worker.protocol": (),
    "worker.programs": ("worker.version",),
    "resources": (),
}
"""What each layer may import of ours, besides itself; a whole package allows all of its parts."""

LEAVES: dict[str, tuple[str, ...]] = {
    "desktop": (LEAF, "resources", "master.api"),
    "master": (LEAF, "master.api", *PROTOCOL),
    "worker": (),
    "resources": (),
}
"""What the leaves of each package may import."""

_TYPES = ("bases", "states", "texts", "manifest", "log_messages")
IGNORED: tuple[str, ...] = (
    # The window shows these values, and the types of master.api are made of them. Never the codec, never the secret.
    *(
        f"{part}{below} -> worker.protocol.{name}"
        for part, below in (
            ("desktop.views", ".*"),
            ("desktop.dialogs", ".*"),
            ("desktop.delegates", ".*"),
            ("desktop.models", ".*"),
            ("desktop.integration", ".*"),
            ("desktop.words", ""),
        )
        for name in _TYPES
    ),
    # `serve` and `selftest` run a master; `worker` hands on.
    "master.cli.serve -> master.app",
    "master.cli.selftest -> master.app",
    "master.cli.main -> worker.__main__",
    # Starting the program once more.
    "desktop.integration.launches -> worker.programs",
    "desktop.integration.launches -> worker.version",
)
"""Single imports that the contracts let pass."""


@cache
def parts() -> tuple[str, ...]:
    """Return the parts of the three packages, and ``resources``."""
    found = ["resources"]
    for package in PACKAGES:
        for path in sorted((ROOT / package).iterdir()):
            if path.name.startswith("__") and path.name != "__main__.py":
                continue
            if path.suffix == ".py" or (path / "__init__.py").exists():
                found.append(f"{package}.{path.stem}")
    return tuple(found)


def is_leaf(part: str) -> bool:
    """The part is no layer of the table."""
    return part not in LAYERS


def allowed_to(source: str) -> set[str]:
    """Return the row of ``source``: layers, packages, and leaves by name."""
    package = source.split(".")[0]
    row = set(LAYERS.get(source, LEAVES[package]))
    if LEAF in row:
        row |= {part for part in parts() if part.split(".")[0] == package and is_leaf(part)}
    return row


def forbidden_to(source: str) -> list[str]:
    """Return the parts that ``source`` may not import."""
    allowed = allowed_to(source)
    return [part for part in parts() if part != source and part not in allowed and part.split(".")[0] not in allowed]


def contract_name(source: str) -> str:
    """Return the name of the contract of ``source``."""
    return f"{source} imports only what its row allows"
