"""Every setting does something: its value is read by code that is not its editor."""

import ast

import pytest

from desktop.settings import DesktopSettings
from master.settings import Settings
from tests.architecture.rules import PACKAGES, ROOT
from tests.architecture.sources import nodes, python_files

HOLDERS = ("values", "_values", "settings", "_settings", "current", "now", "before", "after")
"""What the code calls an object of settings; what a function returns may be one too."""
EDITORS = ("desktop/settings.py", "master/settings.py", "desktop/models/setting_", "desktop/views/settings_")


def read_keys(root):
    """Return the names that are read off an object of settings anywhere but in the editors."""
    found = set()
    for path, tree in python_files(root, PACKAGES):
        if not path.startswith(EDITORS):
            for node in nodes(tree):
                if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                    owner = node.value
                    made = isinstance(owner, ast.Call) and not owner.args and not owner.keywords
                    if made or getattr(owner, "attr", getattr(owner, "id", "")) in HOLDERS:
                        found.add(node.attr)
    return found


@pytest.mark.parametrize("settings", [DesktopSettings, Settings], ids=["window", "master"])
def test_every_key_is_used(settings):
    assert sorted(set(settings.__struct_fields__) - read_keys(ROOT)) == []


def test_what_only_an_editor_reads_is_not_used(tmp_path):
    for path in ("desktop/views/settings_general.py", "desktop/views/a.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(f"x = store.values.{'edited' if 'general' in path else 'used'}")
    assert read_keys(tmp_path) == {"used"}
