"""Writes the table of ``rules.py`` into ``pyproject.toml``: ``python -m tests.architecture.contracts``."""

from tests.architecture.rules import IGNORED, ROOT, contract_name, forbidden_to, parts

BEGIN = "[tool.importlinter]\n"
WIDTH = 116
CIRCLES = "nothing imports in a circle"
PLATFORMS = "platforms import no other platform"


def section() -> str:
    """Return the section, up to the end of the file."""
    texts = [
        "# Generated from tests/architecture/rules.py by `python -m tests.architecture.contracts`.",
        'root_packages = ["desktop", "master", "worker", "resources"]\n',
    ]
    texts += [_contract(source) for source in parts()]
    texts.append(_block(PLATFORMS, "independence", 'modules = ["worker.platforms.*"]'))
    ancestors = 'ancestors = ["desktop", "master", "worker", "resources"]'
    texts.append(_block(CIRCLES, "acyclic_siblings", ancestors))
    return BEGIN + "\n".join(texts)


def write() -> None:
    """Replace the section in ``pyproject.toml``; it is the last one."""
    path = ROOT / "pyproject.toml"
    head = path.read_text(encoding="utf-8").partition(BEGIN)[0].rstrip("\n")
    path.write_text(f"{head}\n\n{section()}", encoding="utf-8")


def _contract(source: str) -> str:
    lines = [f'source_modules = ["{source}"]', "forbidden_modules = [", *_wrapped(forbidden_to(source)), "]"]
    lines.append("allow_indirect_imports = true")
    ignored = [single for single in IGNORED if single.split(" ")[0].removesuffix(".*").startswith(source)]
    if ignored:
        lines += ["ignore_imports = [", *(f'    "{single}",' for single in ignored), "]"]
        lines.append('unmatched_ignore_imports_alerting = "none"')
    return _block(contract_name(source), "forbidden", *lines)


def _block(name: str, kind: str, *lines: str) -> str:
    return "\n".join(["[[tool.importlinter.contracts]]", f'name = "{name}"', f'type = "{kind}"', *lines, ""])


def _wrapped(modules: list[str]) -> list[str]:
    lines = ["   "]
    for module in modules:
        if len(lines[-1]) + len(module) + 4 > WIDTH:
            lines.append("   ")
        lines[-1] += f' "{module}",'
    return lines


if __name__ == "__main__":
    write()
