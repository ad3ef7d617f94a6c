"""Finds the plug-ins of this installation: folders of ``worker.platforms``, and the entry points of third parties."""

import logging
import tomllib
from collections.abc import Iterator
from importlib.metadata import entry_points
from importlib.resources import files

import msgspec

from worker.protocol.manifest import Catalog, Manifest, decode_manifest
from worker.version import __version__

logger = logging.getLogger(__name__)

BUILT_IN = "worker.platforms"
GROUP = "watchkeeper.platforms"
"""Entry-point group; the value is the package that holds ``manifest.toml`` and ``adapter.py``."""


class Plugin(msgspec.Struct, frozen=True, kw_only=True):
    """One platform: what it says of itself, and the package of its adapter, imported when first used."""

    manifest: Manifest
    package: str


class Registry:
    """All platforms by id."""

    def __init__(self, plugins: dict[str, Plugin]) -> None:
        self._plugins = plugins

    def ids(self) -> list[str]:
        """Return the ids, sorted."""
        return sorted(self._plugins)

    def get(self, platform: str) -> Plugin | None:
        """Return the plug-in ``platform``, None when this installation has none."""
        return self._plugins.get(platform)

    def catalog(self) -> Catalog:
        """Return all manifests, sorted by id."""
        return Catalog(version=__version__, platforms=[self._plugins[name].manifest for name in self.ids()])


def find(demo: bool) -> Registry:
    """Read all manifests; a broken one is logged and left out. Platforms for the demo only with ``demo``."""
    plugins: dict[str, Plugin] = {}
    for package in _packages():
        plugin = _read(package)
        if plugin is None or (plugin.manifest.capabilities.demo and not demo):
            continue
        if plugin.manifest.id in plugins:
            logger.error("the plug-in %s is left out: its id %s is taken", package, plugin.manifest.id)
            continue
        plugins[plugin.manifest.id] = plugin
    return Registry(plugins)


def _packages() -> Iterator[str]:
    for entry in sorted(files(BUILT_IN).iterdir(), key=lambda entry: entry.name):
        if entry.is_dir() and entry.joinpath("manifest.toml").is_file():
            yield f"{BUILT_IN}.{entry.name}"
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        yield point.value


def _read(package: str) -> Plugin | None:
    try:
        if package.startswith(f"{BUILT_IN}."):
            # Not by the package itself: reading must not import it.
            manifest = files(BUILT_IN).joinpath(package.removeprefix(f"{BUILT_IN}."), "manifest.toml")
        else:
            manifest = files(package).joinpath("manifest.toml")
        return Plugin(manifest=decode_manifest(tomllib.loads(manifest.read_text(encoding="utf-8"))), package=package)
    except Exception:
        # Code of third parties is imported here: whatever it raises must not take the others along.
        logger.exception("the plug-in %s is broken and left out", package)
        return None
