"""Links between the texts of the project lead somewhere."""

import re
from pathlib import Path

LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"(?ms)^```.*?^```")


def anchor(heading: str) -> str:
    """Return the name that a reader of Markdown gives to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def dead(root: Path, pages: list[Path]) -> list[str]:
    """Return each link of ``pages`` that leads to no file, or to no heading of a page, as ``page: link``."""
    faults = []
    for page in pages:
        for link in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
            if "://" in link or link.startswith("mailto:"):
                continue
            name, _, part = link.partition("#")
            target = (page.parent / name).resolve() if name else page
            if not target.exists() or (part and part not in _anchors(target)):
                faults.append(f"{page.relative_to(root).as_posix()}: {link}")
    return faults


def _anchors(page: Path) -> set[str]:
    words = FENCE.sub("", page.read_text(encoding="utf-8"))
    return {anchor(heading) for heading in re.findall(r"(?m)^#{1,6} (.+)$", words)}
