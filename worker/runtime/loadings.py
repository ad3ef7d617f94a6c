"""Whether the code of every plug-in can be loaded, with all libraries that it names: what an installation lacks."""

import importlib
import pkgutil
from collections.abc import Iterator

from worker.protocol.manifest import BrokenPlugin
from worker.runtime.registry import Plugin, Registry


def broken_code(registry: Registry) -> list[BrokenPlugin]:
    """Import all of every plug-in and return those that cannot be. Takes a second: nothing else imports them at once.

    Code of third parties may raise anything else when it is imported; that is raised here.
    """
    found = []
    for name in registry.ids():
        plugin = registry.get(name)
        if plugin is not None and (reason := _missing(plugin)):
            found.append(BrokenPlugin(kind="platform", package=plugin.package, reason=reason))
    for name in registry.runner_ids():
        plugin = registry.get_runner(name)
        if plugin is not None and (reason := _missing(plugin)):
            found.append(BrokenPlugin(kind="runner", package=plugin.package, reason=reason))
    return found


def _missing(plugin: Plugin) -> str:
    """Return why a plug-in cannot be loaded, "" when it can."""
    try:
        for name in _modules(plugin):
            importlib.import_module(name)
    except ImportError as error:
        return f"{type(error).__name__}: {error}"[:500]
    return ""


def _modules(plugin: Plugin) -> Iterator[str]:
    yield from plugin.manifest.libraries
    package = importlib.import_module(plugin.package)
    for module in pkgutil.walk_packages(package.__path__, f"{plugin.package}."):
        yield module.name
