"""Plug-ins are found, and a broken one takes no other along."""

import subprocess
import sys

import pytest

from tests.helpers.worker_processes import ROOT, install_scripted
from worker.runtime import adapters, registry


@pytest.fixture
def installed(tmp_path, monkeypatch):
    folder = install_scripted(tmp_path)
    monkeypatch.syspath_prepend(str(folder))
    yield folder
    for name in [name for name in sys.modules if name.startswith("scripted_plugin")]:
        del sys.modules[name]


def test_plug_ins_of_third_parties_are_found_by_their_entry_point(installed):
    found = registry.find(demo=False)
    assert "scripted" in found.ids()
    assert found.get("scripted").package == "scripted_plugin"
    assert found.get("nothing") is None
    assert "scripted" in [manifest.id for manifest in found.catalog().platforms]
    assert "scripted_plugin.adapter" not in sys.modules


def test_the_built_in_ones_are_found_without_importing_them(installed):
    before = set(sys.modules)
    found = registry.find(demo=True)
    folders = {path.parent.name for path in (ROOT / "worker" / "platforms").glob("*/manifest.toml")}
    assert folders <= set(found.ids())
    assert not [name for name in set(sys.modules) - before if name.startswith("worker.platforms.")]


def test_demo_platforms_only_in_the_demo(installed):
    manifest = installed / "scripted_plugin" / "manifest.toml"
    manifest.write_text(manifest.read_text().replace("[capabilities]", "[capabilities]\ndemo = true"))
    assert "scripted" not in registry.find(demo=False).ids()
    assert "scripted" in registry.find(demo=True).ids()


@pytest.mark.expects_log("is broken and left out")
@pytest.mark.parametrize("fault", ["id = 3", "= nonsense", None])
def test_a_broken_manifest_is_left_out(installed, fault):
    manifest = installed / "scripted_plugin" / "manifest.toml"
    if fault is None:
        manifest.unlink()
    else:
        manifest.write_text(fault)
    assert "scripted" not in registry.find(demo=False).ids()


@pytest.mark.expects_log("is taken")
def test_an_id_belongs_to_the_first(installed):
    (installed / "scripted_plugin-1.dist-info" / "entry_points.txt").write_text(
        "[watchkeeper.platforms]\nscripted = scripted_plugin\nzz_again = scripted_plugin\n"
    )
    assert registry.find(demo=False).ids().count("scripted") == 1


def test_an_adapter_that_is_no_platform_is_refused(installed):
    (installed / "scripted_plugin" / "adapter.py").write_text("Adapter = object\n")
    with pytest.raises(TypeError, match="no Platform"):
        adapters.make(registry.find(demo=False).get("scripted"), None)


def test_describing_imports_next_to_nothing():
    code = (
        "import sys; from worker.__main__ import main; main(['--describe', '--demo']);"
        "heavy = {'asyncio', 'aiohttp', 'socketio', 'psutil', 'sqlite3', 'imapclient', 'feedparser'};"
        "heavy &= set(sys.modules);"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("{")


def test_a_worker_imports_neither_database_nor_window():
    code = (
        "import sys; import worker.runtime.app;"
        "heavy = {'sqlalchemy', 'PySide6', 'requests', 'imapclient', 'feedparser', 'keyring', 'aiohttp.web'};"
        "sys.exit(f'imported {heavy & set(sys.modules)}' if heavy & set(sys.modules) else 0)"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
