"""Finds the plug-ins of this installation: folders of ours, and the entry points of third parties."""

import logging
import tomllib
from collections.abc import Iterator, Sequence
from importlib.metadata import entry_points
from importlib.resources import files
from typing import Final, Literal

import msgspec

from worker.protocol.manifest import BrokenPlugin, Catalog, Manifest, decode_manifest
from worker.version import __version__

logger = logging.getLogger(__name__)

Kind = Literal["platform", "runner"]

BUILT_IN: Final[dict[Kind, str]] = {"platform": "worker.platforms", "runner": "worker.runners"}
GROUPS: Final[dict[Kind, str]] = {"platform": "watchkeeper.platforms", "runner": "watchkeeper.runners"}
"""Entry-point groups; the value is the package that holds ``manifest.toml`` and ``adapter.py`` or ``runner.py``."""


class Plugin(msgspec.Struct, frozen=True, kw_only=True):
    """One plug-in: what it says of itself, and the package of its code, imported when first used."""

    manifest: Manifest
    package: str


Plugins = dict[str, Plugin]


class Registry:
    """All platforms and runners by id."""

    def __init__(self, platforms: Plugins, runners: Plugins | None = None, broken: Sequence[BrokenPlugin] = ()) -> None:
        self._platforms = platforms
        self._runners = runners or {}
        self._broken = list(broken)

    def ids(self) -> list[str]:
        """Return the ids of the platforms, sorted."""
        return sorted(self._platforms)

    def get(self, platform: str) -> Plugin | None:
        """Return the plug-in of a platform, None when this installation has none."""
        return self._platforms.get(platform)

    def runner_ids(self) -> list[str]:
        """Return the ids of the runners, sorted."""
        return sorted(self._runners)

    def get_runner(self, runner: str) -> Plugin | None:
        """Return the plug-in of a runner, None when this installation has none."""
        return self._runners.get(runner)

    def catalog(self) -> Catalog:
        """Return all manifests, sorted by id."""
        return Catalog(
            version=__version__,
            platforms=[self._platforms[name].manifest for name in self.ids()],
            runners=[self._runners[name].manifest for name in self.runner_ids()],
            broken=self._broken,
        )


def find(demo: bool) -> Registry:
    """Read all manifests; a broken one is logged and left out. Plug-ins for the demo only with ``demo``."""
    broken: list[BrokenPlugin] = []
    return Registry(_find("platform", demo, broken), _find("runner", demo, broken), broken)


def find_runners() -> Registry:
    """As :func:`find`, of runners alone: for a process that runs one of them."""
    return Registry({}, _find("runner", True, []))


def _find(kind: Kind, demo: bool, broken: list[BrokenPlugin]) -> Plugins:
    """Return the plug-ins of a kind; those that are left out are added to ``broken``."""
    plugins: Plugins = {}
    for package in _packages(kind):
        plugin = _read(package, kind, broken)
        if plugin is None or (plugin.manifest.capabilities.demo and not demo):
            continue
        if plugin.manifest.id in plugins:
            logger.error("the plug-in %s is left out: its id %s is taken", package, plugin.manifest.id)
            reason = f"its id {plugin.manifest.id} is taken"
            broken.append(BrokenPlugin(kind=kind, package=package, reason=reason))
            continue
        plugins[plugin.manifest.id] = plugin
    return plugins


def _packages(kind: Kind) -> Iterator[str]:
    for entry in sorted(files(BUILT_IN[kind]).iterdir(), key=lambda entry: entry.name):
        if entry.is_dir() and entry.joinpath("manifest.toml").is_file():
            yield f"{BUILT_IN[kind]}.{entry.name}"
    for point in sorted(entry_points(group=GROUPS[kind]), key=lambda point: point.name):
        yield point.value


def _read(package: str, kind: Kind, broken: list[BrokenPlugin]) -> Plugin | None:
    try:
        if package.startswith(f"{BUILT_IN[kind]}."):
            # Not by the package itself: reading must not import it.
            folder = package.removeprefix(f"{BUILT_IN[kind]}.")
            manifest = files(BUILT_IN[kind]).joinpath(folder, "manifest.toml")
        else:
            manifest = files(package).joinpath("manifest.toml")
        said = decode_manifest(tomllib.loads(manifest.read_text(encoding="utf-8")))
        if said.kind != kind:
            raise ValueError(f"its manifest says that it is a {said.kind}")
        return Plugin(manifest=said, package=package)
    except Exception as error:
        # Code of third parties is imported here: whatever it raises must not take the others along.
        logger.exception("the plug-in %s is broken and left out", package)
        reason = f"{type(error).__name__}: {error}"[:500]
        broken.append(BrokenPlugin(kind=kind, package=package, reason=reason))
        return None
