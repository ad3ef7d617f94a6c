"""Items out of a JSON document. All synchronous: run it on a thread."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urljoin

import msgspec

from worker.sdk.errors import InvalidConfig, TemporaryFailure
from worker.sdk.fetches import Fetched, origin
from worker.sdk.moments import moment
from worker.sdk.platform import Item, ItemKind, make_item, text

from .paths import Path, Template
from .texts import refuse, say

MAX_ITEMS: Final = 1000
"""Of a longer page the newest are read."""
MAX_KEY: Final = 400
_BOM: Final = b"\xef\xbb\xbf"
_LINK = re.compile(r"<([^<>]{1,4000})>\s*(?:;[^,<]*?)?;\s*rel\s*=\s*\"?(?:[^\",;]*\s)?next\b", re.IGNORECASE)
_TEMPLATES: Final = ("key", "title", "text", "link", "author", "created")


class Reader:
    """How an account's pages are read."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        """Raises ``InvalidConfig`` that names the field."""
        self._items = Path(str(settings.get("items") or "$[*]"), "items")
        following = str(settings.get("next") or "")
        self._next = Path(following, "next") if following else None
        self._templates = {name: Template(str(settings.get(name) or ""), name) for name in _TEMPLATES}
        self._kind = ItemKind(str(settings.get("kind") or ItemKind.ENTRY.value))

    def read(self, fetched: Fetched) -> tuple[list[Item], str]:
        """Return the items of a page, oldest first, and the address of the next page, "" for none."""
        document = _decoded(fetched)
        found = [self._item(one, number) for number, one in enumerate(self._items.find(document), 1)]
        items = _in_order(found)[-MAX_ITEMS:]
        return items, self._following(document, fetched)

    def _item(self, one: Any, number: int) -> tuple[Item, int | None]:
        filled = {name: template.fill(one) for name, template in self._templates.items()}
        if self._templates["key"].words:
            if not filled["key"].strip():
                raise refuse("key", "json_no_key", number=number, template=self._templates["key"].words[:100])
            key = filled["key"] if len(filled["key"]) <= MAX_KEY else "sha256:" + _hash(filled["key"].encode())
        else:
            key = "sha256:" + _hash(msgspec.json.encode(one, order="deterministic"))
        link, made = filled["link"].strip(), moment(filled["created"])
        item = make_item(
            self._kind,
            key,
            filled["title"] if filled["title"].strip() else "–",
            body=filled["text"],
            author=filled["author"],
            url=link if link.lower().startswith(("http://", "https://")) else "",
            created_at=made,
        )
        return item, made

    def _following(self, document: Any, fetched: Fetched) -> str:
        if self._next is not None:
            found = self._next.find(document)
            target = found[0] if found and isinstance(found[0], str) else ""
        else:
            named = _LINK.search(fetched.link)
            target = named.group(1) if named else ""
        if not target:
            return ""
        try:
            following = urljoin(fetched.url, target.strip())
            here, there = origin(fetched.url), origin(following)
        except ValueError:
            return ""
        if here != there:
            # What signs in here is nobody else's.
            raise refuse("next", "json_elsewhere", host=str(there[1])[:200])
        return following


def _decoded(fetched: Fetched) -> Any:
    body = fetched.body.removeprefix(_BOM).strip()
    if not body:
        # It may be a bad moment.
        raise TemporaryFailure(say("json_empty"), {"url": say("json_empty")})
    if body.startswith(b"<"):
        raise refuse("url", "json_is_html")
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        reason = text("http_not_json", detail=str(error)[:200])
        raise InvalidConfig(reason, {"url": reason}) from error


def _in_order(found: list[tuple[Item, int | None]]) -> list[Item]:
    """Return the items oldest first. Lists begin with the newest, unless their dates say otherwise."""
    dates = [made for _, made in found if made is not None]
    items = [item for item, _ in found]
    return items if len(dates) > 1 and dates[0] < dates[-1] else items[::-1]


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
