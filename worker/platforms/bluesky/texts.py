"""Posts and messages as plain text: links whole, pictures by their descriptions."""

from typing import Any, Final

MAX_FACETS: Final = 200
MAX_PICTURES: Final = 20
_LINK: Final = "app.bsky.richtext.facet#link"


def words_of(record: Any) -> str:
    """Return what a post or a chat message says: its text, then what is attached to it."""
    if not isinstance(record, dict):
        return ""
    parts = [whole_links(_word(record, "text"), record.get("facets")), "\n".join(_attached(record.get("embed")))]
    return "\n\n".join(part for part in parts if part.strip())


def whole_links(said: str, facets: Any) -> str:
    """Return ``said`` with the addresses of its links, which are often shown cut short. Facets count bytes of UTF-8."""
    if not isinstance(facets, list):
        return said
    source = said.encode("utf-8", "replace")
    links = sorted(link for facet in facets[:MAX_FACETS] if (link := _link(facet, len(source))) is not None)
    parts, position = [], 0
    for start, end, address in links:
        if start < position:
            continue
        parts.append(source[position:end])
        shown = source[start:end].decode("utf-8", "replace")
        if _is_cut(shown, address):
            parts[-1] = source[position:start]
            parts.append(address.encode("utf-8", "replace"))
        elif shown.strip() != address:
            parts.append(f" ({address})".encode("utf-8", "replace"))
        position = end
    parts.append(source[position:])
    return b"".join(parts).decode("utf-8", "replace")


def _link(facet: Any, length: int) -> tuple[int, int, str] | None:
    index = facet.get("index") if isinstance(facet, dict) else None
    features = facet.get("features") if isinstance(facet, dict) else None
    if not isinstance(index, dict) or not isinstance(features, list):
        return None
    start, end = index.get("byteStart"), index.get("byteEnd")
    if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end <= length:
        return None
    for feature in features[:10]:
        if isinstance(feature, dict) and feature.get("$type") == _LINK and (uri := _word(feature, "uri")):
            return start, end, uri[:2000]
    return None


def _is_cut(shown: str, address: str) -> bool:
    """Whether ``shown`` is the beginning of ``address``, as programs cut it: at least a name with a dot."""
    begun, bare = (_bare(one) for one in (shown.strip().removesuffix("…").removesuffix("..."), address))
    return "." in begun.partition("/")[0] and bare.startswith(begun)


def _bare(address: str) -> str:
    return address.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")


def _attached(embed: Any) -> list[str]:
    if not isinstance(embed, dict):
        return []
    images = embed.get("images")
    pictures = images[:MAX_PICTURES] if isinstance(images, list) else []
    lines = [f"[image] {_word(image, 'alt')}".strip() for image in pictures]
    if _word(embed, "$type").startswith("app.bsky.embed.video"):
        lines.append(f"[video] {_word(embed, 'alt')}".strip())
    external = embed.get("external")
    if isinstance(external, dict):
        lines.append(" ".join(part for part in (_word(external, "title"), _word(external, "uri")) if part))
    media = embed.get("media")
    if isinstance(media, dict) and "media" not in media:
        lines += _attached(media)
    return [*lines, *_shared(embed.get("record"))]


def _shared(record: Any) -> list[str]:
    """A post in a chat message comes with what it says; one that a post quotes is not repeated."""
    if not isinstance(record, dict) or not isinstance(record.get("value"), dict):
        return []
    author = record.get("author")
    handle = _word(author, "handle") if isinstance(author, dict) else ""
    return [f"[post] {f'@{handle}: ' if handle else ''}{_word(record['value'], 'text')}"]


def _word(holder: Any, name: str) -> str:
    word = holder.get(name) if isinstance(holder, dict) else None
    return word if isinstance(word, str) else ""
