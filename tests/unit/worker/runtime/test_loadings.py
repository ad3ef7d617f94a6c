"""What an installation lacks of the code of its plug-ins is found."""

import json
import sys

import msgspec

from worker.__main__ import main
from worker.protocol.manifest import BrokenPlugin
from worker.runtime.loadings import broken_code
from worker.runtime.registry import Registry, find


def test_everything_built_in_can_be_loaded(capsysbinary) -> None:
    assert main(["--describe", "--load", "--demo"]) == 0
    told = json.loads(capsysbinary.readouterr().out)
    assert told["broken"] == []
    assert len(told["platforms"]) == len(find(demo=True).ids())


def test_a_library_or_module_that_is_missing_is_named(monkeypatch, tmp_path) -> None:
    feed = find(False).get("feed")
    command = find(False).get_runner("command")
    assert feed is not None
    assert command is not None
    folder = tmp_path / "lacking_plugin"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "adapter.py").write_text("import nowhere_at_all\n")
    monkeypatch.syspath_prepend(tmp_path)
    lacking = msgspec.structs.replace(feed, package="lacking_plugin")
    bare = msgspec.structs.replace(
        command, manifest=msgspec.structs.replace(command.manifest, libraries=["nothing_of_that_name"])
    )
    found = broken_code(Registry({"feed": feed, "lacking": lacking}, {"command": bare}))
    reason = "ModuleNotFoundError: No module named '{}'"
    assert found == [
        BrokenPlugin(kind="platform", package="lacking_plugin", reason=reason.format("nowhere_at_all")),
        BrokenPlugin(kind="runner", package=command.package, reason=reason.format("nothing_of_that_name")),
    ]
    assert "lacking_plugin" in sys.modules
    del sys.modules["lacking_plugin"]
