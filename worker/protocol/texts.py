"""Texts for people: a code, its parameters, and the English sentence for shells.

The desktop translates by code; ``resources/translations/codes_zh_CN.toml`` holds the same codes in Simplified Chinese.
The sentences stand in ``worker/protocol/wordings``, one module a noun; plug-ins add codes in their manifest.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from worker.protocol.wordings import (
    accounts,
    alerts,
    backups,
    checks,
    groups,
    items,
    jobs,
    logins,
    machines,
    notices,
    requests,
    updates,
    workers,
)

Param = str | int | float


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence in every language: ``code`` and ``params`` for the desktop, ``message`` in English for shells."""

    code: str
    params: dict[str, Param] = {}
    message: str = ""

    def __str__(self) -> str:
        return self.message


MODULES: Final = (
    accounts,
    alerts,
    backups,
    checks,
    groups,
    items,
    jobs,
    logins,
    machines,
    notices,
    requests,
    updates,
    workers,
)

TEMPLATES: Final[Mapping[str, str]] = {code: words for module in MODULES for code, words in module.TEMPLATES.items()}
"""The English sentence of every code."""


def text(code: str, **params: Param) -> Text:
    """Make the :class:`Text` of ``code``. An unknown code or a missing parameter is a fault of ours: ``KeyError``."""
    return Text(code=code, params=dict(params), message=TEMPLATES[code].format(**params))
