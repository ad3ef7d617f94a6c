"""Every link in README, handbook and the pages for developers leads somewhere."""

from pathlib import Path

from tests.architecture import links, tree
from tests.architecture.rules import ROOT


def test_every_link_leads_somewhere() -> None:
    pages = [ROOT / name for name in tree.tracked(ROOT) if name.endswith(".md")]
    assert len(pages) > 5
    assert links.dead(ROOT, pages) == []


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    there = tmp_path / "there.md"
    there.write_text("# What is *there*, now\n")
    page = tmp_path / "page.md"
    page.write_text(
        "[a](there.md) [b](there.md#what-is-there-now) [c](gone.md) [d](there.md#gone) [e](https://example.org)\n"
        "```\n[f](gone-too.md)\n```\n"
    )
    assert links.dead(tmp_path, [page]) == ["page.md: gone.md", "page.md: there.md#gone"]
