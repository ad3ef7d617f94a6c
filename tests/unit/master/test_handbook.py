"""The handbook names what there is: every setting, every command, every group of routes."""

from pathlib import Path

import msgspec
import pytest

from master.api.schema import Settings
from master.cli.main import root
from master.rest.routes import make_routes

HANDBOOK = (Path(__file__).parents[3] / ".github" / "HANDBOOK.md").read_text("utf-8")
COMMANDS = sorted({*root.list_commands(None)})  # type: ignore[arg-type]
GROUPS = sorted({route.path.split("/")[1] for route in make_routes(lambda: None)})


@pytest.mark.parametrize("name", Settings.__struct_fields__)
def test_every_setting_is_named(name: str) -> None:
    assert f"`{name}`" in HANDBOOK


def test_the_defaults_are_those_of_the_settings() -> None:
    rows = [line.split("|")[1:3] for line in HANDBOOK.partition("### Settings")[2].partition("### Jobs")[0].splitlines()
            if line.startswith("| `")]  # fmt: skip
    told: dict[str, str] = {}
    for names, values in rows:
        parts = [name.strip(" `") for name in names.split(",")]
        given = [value.strip() for value in values.split(",")]
        assert len(parts) == len(given), names
        told |= dict(zip(parts, given, strict=True))
    words = {True: "yes", False: "no", None: "none"}

    def said(value: object) -> str:
        if value is None or isinstance(value, bool):
            return words[value]
        if isinstance(value, list | dict):
            return "empty" if isinstance(value, list) else "none"
        return f"{value:g}" if isinstance(value, float) else str(value)

    assert told == {name: said(value) for name, value in msgspec.structs.asdict(Settings()).items()}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_named(name: str) -> None:
    table = HANDBOOK.partition("## The command line")[2].partition("### Settings")[0]
    assert f"`watchkeeper {name}" in table or f"`{name}`" in table


@pytest.mark.parametrize("name", GROUPS)
def test_every_group_of_routes_is_named(name: str) -> None:
    assert f"/{name}" in HANDBOOK
