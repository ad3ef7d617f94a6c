"""Licences of what is installed, and the changelog as text."""

from desktop.models import licences


def test_every_library_has_a_version_and_a_text():
    found = {one.name: one for one in licences.libraries()}
    assert {"Python", "aiohttp", "msgspec", "PySide6_Essentials", "Lucide (icons)"} <= set(found)
    assert not {"pytest", "mypy", "ruff"} & set(found)
    without = [name for name, one in found.items() if len(licences.text_of(one)) < 200]
    assert without == []
    assert found["msgspec"].kind == "BSD-3-Clause"
    assert all(one.kind for one in found.values())


def test_the_text_of_the_library_that_draws_the_window_is_ours_where_it_brings_none():
    qt = next(one for one in licences.libraries() if one.name == "PySide6_Essentials")
    text = licences.text_of(qt)
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in text
    assert "GNU GENERAL PUBLIC LICENSE" in text


def test_the_changelog_is_text():
    text = licences.changelog()
    assert text.startswith("CHANGELOG\n")
    assert "• " in text
    assert "](" not in text
    assert "\n\n\n" not in text
    assert "MIT License" in licences.own_licence()


def test_marks_go_and_broken_lines_are_joined():
    text = licences.render(
        "# Title\n\n## [1.0]\n\n### Added\n\n- One `thing`\n  that goes on\n- [Two](x)\n\nEnd **here**\n"
    )
    assert text == "TITLE\n\n1.0\n\nAdded\n\n• One thing that goes on\n• Two\n\nEnd here\n"


def test_package_and_checkout_hold_the_same_documents():
    from tests.architecture.rules import ROOT

    wheel = (ROOT / "pyproject.toml").read_text("utf-8")
    for name in ("CHANGELOG.md", "LICENSE"):
        assert f'"{name}" = "resources/{name}"' in wheel
        assert (ROOT / name).exists()
