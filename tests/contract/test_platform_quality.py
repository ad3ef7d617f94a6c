"""What each platform says of itself is true, and stands in the documentation as it is."""

import ast
import contextlib
import sys
from importlib import import_module
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest

from tests.contract.test_platforms import CASES, PLATFORMS
from worker.runtime.settings import complete
from worker.sdk import qualities, testing

DOCUMENT = Path(__file__).resolve().parents[2] / ".github" / "PLATFORMS.md"
BEGIN, END = "<!-- made by python -m tests.contract.test_platform_quality -->\n", "<!-- end -->"
BUILT_IN = [name for name in PLATFORMS.ids() if name != "demo"]


def plugin(name):
    found = PLATFORMS.get(name)
    return found.manifest, import_module(f"{found.package}.adapter").Adapter


def section():
    return qualities.table([PLATFORMS.get(name).manifest for name in BUILT_IN]) + "\n"


@pytest.mark.parametrize("name", PLATFORMS.ids())
def test_its_answers_are_those_of_its_code(name):
    qualities.check_quality(*plugin(name))


@pytest.mark.parametrize("name", PLATFORMS.ids())
def test_it_names_the_libraries_that_it_imports(name):
    manifest, _ = plugin(name)
    imported = set()
    for file in files(PLATFORMS.get(name).package).iterdir():
        if file.name.endswith(".py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                    names = [node.module]
                imported |= {one.partition(".")[0] for one in names}
    foreign = imported - set(sys.stdlib_module_names) - {"worker", "msgspec"}
    known = {library.replace("-", "_").lower() for library in manifest.libraries} | {"jsonpath"}
    assert {one.lower() for one in foreign} <= known


@pytest.mark.real_server
@pytest.mark.usefixtures("_feed_server")
@pytest.mark.parametrize("name", [one for one in BUILT_IN if qualities.says_yes(plugin(one)[0], "identity")])
async def test_it_knows_whom_it_is_signed_in_as(name, request):
    manifest, kind = plugin(name)
    case = CASES[name](request)
    seen = set()
    for _ in range(2):
        async with testing.adapter_of(kind, manifest, complete(manifest, case.settings), case.credentials) as adapter:
            seen.add((await adapter.probe()).identity)
    assert len(seen) == 1
    assert seen.pop()


def test_the_catalogue_has_the_answers():
    shown = msgspec.json.decode(msgspec.json.encode(PLATFORMS.catalog()))
    assert all(set(one["quality"]) == {rule.id for rule in qualities.RULES} for one in shown["platforms"])


def test_the_table_in_the_documentation_is_that_of_the_manifests():
    words = DOCUMENT.read_text(encoding="utf-8")
    assert words.partition(BEGIN)[2].partition(END)[0] == section(), f"run python -m {__spec__.name}"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"push": "yes"}, "push"),
        ({"reauth": "exempt: none"}, "reauth"),
        ({"clock": "perhaps"}, "clock"),
        ({"clock": None}, "clock"),
        ({"charm": "yes"}, "charm"),
        ({"languages": "exempt: English will do"}, "languages"),
    ],
)
def test_an_answer_that_is_not_true_is_found(changes, said):
    manifest, kind = plugin("feed")
    answers = {name: answer for name, answer in (manifest.quality | changes).items() if answer is not None}
    with pytest.raises(AssertionError, match=said):
        qualities.check_quality(msgspec.structs.replace(manifest, quality=answers), kind)


if __name__ == "__main__":
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    with contextlib.suppress(BrokenPipeError):
        DOCUMENT.write_text(before + BEGIN + section() + END + rest.partition(END)[2], encoding="utf-8")
