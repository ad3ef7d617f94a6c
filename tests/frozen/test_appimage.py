"""The folder of the AppImage in a root that has nothing of ours. The file itself is the same behind a runtime."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from makers import appimages
from makers.contexts import make_context
from makers.deb_dependencies import depends
from tests.architecture.rules import ROOT
from tests.helpers.clean_roots import USER, CleanRoot, base_root, demand_tools
from tests.helpers.deadlines import wait_until

pytestmark = [pytest.mark.timeout(600)]
PROFILE = f"/home/{USER}/profile"
RUN = "/opt/appimage/AppDir/AppRun"


@pytest.fixture
def root(bundle, tmp_path) -> Iterator[CleanRoot]:
    """A root with the folder in it, and with nothing that the package for Debian would not ask for too."""
    demand_tools()
    base = base_root([relation.split()[0] for relation in depends(make_context(ROOT), bundle.folder)])
    made = CleanRoot([base], tmp_path / "machine")
    appimages.make(replace(make_context(ROOT), work=made.root / "opt", dist=tmp_path, settings={}))
    yield made
    made.close()
    shutil.rmtree(made.upper)


def test_a_job_outlives_the_folder_that_it_was_started_from(root):
    """An AppImage's folder is gone when the program ends."""
    assert root.run(RUN, "selftest", user=USER, seconds=120).count("✓") >= 10
    serve = root.start(RUN, "--profile", PROFILE, "--port", "0", "serve")
    ours = (RUN, "--profile", PROFILE)
    wait_until(lambda: root.end_of(*ours, "status", user=USER)[0] == 0, what="the master")
    code = 'until [ -e "$HOME/go" ]; do sleep 0.1; done; echo done; exit 7'
    root.run(*ours, "jobs", "run", "--detach", "--", "sh", "-c", code, user=USER)
    wait_until(lambda: "RUNNING" in root.run(*ours, "jobs", "list", "--json", user=USER), what="the job")
    root.run(*ours, "stop", "--wait", "30", user=USER)
    assert serve.wait(60) == 0

    (root.root / "opt/appimage").rename(root.root / "opt/elsewhere")
    kept = [Path(f"/proc/{pid}/exe").readlink() for pid in root.processes()]
    keepers = [path for path in kept if path.name == "watchkeeper-keeper"]
    assert len(keepers) == 1
    assert re.search(
        rf"/home/{USER}/\.cache/watchkeeper/keepers/keeper-[^/]+/keeper-[^/]+/watchkeeper-keeper$", str(keepers[0])
    )
    (root.root / "home" / USER / "go").touch()
    wait_until(lambda: not list(root.processes()), what="the end of the job")

    (root.root / "opt/elsewhere").rename(root.root / "opt/appimage")
    serve = root.start(RUN, "--profile", PROFILE, "--port", "0", "serve")
    wait_until(lambda: '"7:0"' in root.end_of(*ours, "jobs", "list", "--json", user=USER)[1], what="how the job ended")
    root.run(*ours, "stop", "--wait", "30", user=USER)
    assert serve.wait(60) == 0
