"""What accounts refer to: groups and what each passes on, proxies and where each is. Kept by their services."""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET

from master.api.inheritance import DIRECT, Inheritable
from worker.protocol.manifest import Manifest
from worker.protocol.proxy_routes import ProxyRoute
from worker.protocol.texts import Text, text


class Surroundings:
    """In memory, as it is written."""

    def __init__(self) -> None:
        self.groups: dict[str, Inheritable] = {}
        self.group_names: dict[str, str] = {}
        self.proxies: dict[str, ProxyRoute] = {}

    def faults(self, values: Mapping[str, Any], manifest: Manifest | None = None) -> dict[str, Text]:
        """Return what is wrong with the group and the proxy in ``values``; absent ones are right.

        ``manifest``: of the platform that is to use the proxy.
        """
        faults: dict[str, Text] = {}
        group, proxy = values.get("group_id", UNSET), values.get("proxy_id", UNSET)
        if group is not UNSET and group is not None and group not in self.groups:
            faults["group_id"] = text("group_unknown", id=group)
        if proxy is UNSET or proxy is None or proxy == DIRECT:
            return faults
        if proxy not in self.proxies:
            faults["proxy_id"] = text("proxy_unknown", id=proxy)
        elif manifest is not None and not manifest.capabilities.proxy:
            faults["proxy_id"] = text("proxy_unsupported", platform=manifest.title["en"])
        return faults

    def named_groups(self) -> list[tuple[str, Inheritable]]:
        """Return every group's name, and what it passes on."""
        return [(self.group_names[group_id], settings) for group_id, settings in self.groups.items()]

    def chosen(self, proxy_id: str | None, group_id: str | None) -> ProxyRoute | None:
        """Return the proxy of what is no account yet: the chosen one, else that of its group."""
        group = self.groups.get(group_id or "")
        chosen = group.proxy_id if proxy_id is None and group is not None else proxy_id
        return self.route(None if chosen == DIRECT else chosen)

    def route(self, proxy_id: str | None) -> ProxyRoute | None:
        """Return where a proxy is; for one that is not there (any more) a route that leads nowhere, not around it."""
        if proxy_id is None:
            return None
        gone = ProxyRoute(proxy_id=proxy_id, name=proxy_id, kind="gone", host="", port=0)
        return self.proxies.get(proxy_id, gone)
