"""Makes the adapters of plug-ins, and lets go of them."""

import importlib
import logging
from typing import Final

from worker.runtime.registry import Plugin
from worker.runtime.tasks import bounded
from worker.sdk.platform import Context, Platform

logger = logging.getLogger(__name__)

CLOSE_SECONDS: Final = 5.0


def make(plugin: Plugin, context: Context) -> Platform:
    """Import the plug-in's adapter, the first time, and return one. Raises whatever the plug-in raises."""
    kind = importlib.import_module(f"{plugin.package}.adapter").Adapter
    if not (isinstance(kind, type) and issubclass(kind, Platform)):
        raise TypeError(f"{plugin.package}.adapter.Adapter is no Platform")
    return kind(context)


async def close(adapter: Platform | None) -> None:
    """Let an adapter go; what it raises, or takes longer than 5 s for, is logged."""
    if adapter is None:
        return
    try:
        await bounded(adapter.close(), CLOSE_SECONDS, f"close of {type(adapter).__module__}")
    except Exception:
        # A plug-in's call: whatever it raises must not stop the worker.
        logger.exception("%s could not be closed in order", type(adapter).__module__)
