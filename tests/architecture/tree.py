"""Rules about the files themselves: which stand at the top, and what none of them may say."""

import re
import subprocess
from fnmatch import fnmatch
from pathlib import Path

TOP_FOLDERS = {"desktop", "master", "worker", "resources", "tests"}
TOP_FILES = {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md"}
OPTIONAL = {"packaging", "uv.lock", "pylock.toml", "requirements.txt"}

# Written in parts, so that this file does not say them either.
REGISTRIES = ("py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com", "gh" + "cr.io")
REGISTRIES += ("docker" + ".io", "qu" + "ay.io", "crates" + ".io", "anaconda" + ".org")
PLACES = re.compile(r"(?<![\w.:/~-])(/(?:work|root|home/\w+|Users/\w+)/[\w.]|[A-Z]:\\{1,2}Users\\{1,2}\w)")


def tracked(root: Path) -> list[str]:
    """Return the files of the repository, new ones too but none that git ignores; without git, the same as it would."""
    if (root / ".git").exists():
        listing = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        return sorted(path for path in listing.split("\0") if path and (root / path).is_file())
    names = (path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    ignored = ignored_names(root)
    return sorted(name for name in names if not any(fnmatch(part, one) for part in name.split("/") for one in ignored))


def ignored_names(root: Path) -> list[str]:
    """Return the patterns of names that git is told to ignore; ours are all of this plain kind."""
    path = root / ".gitignore"
    return [line.rstrip("/") for line in path.read_text().split()] if path.is_file() else []


def top_level(root: Path) -> list[str]:
    """At the top stand exactly the files and folders of the plan; files and folders with a dot are free."""
    names = {path.split("/")[0] for path in tracked(root)}
    wanted = TOP_FOLDERS | TOP_FILES
    strange = {name for name in names - wanted - OPTIONAL if not name.startswith(".")}
    return [f"{name} stands at the top" for name in sorted(strange)] + [
        f"{name} is missing" for name in sorted(wanted - names)
    ]


def forbidden_words(root: Path) -> list[str]:
    """No file names the host of a package registry or a place on somebody's machine."""
    faults = []
    for name in tracked(root):
        try:
            text = (root / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:  # a picture, a compiled catalogue
            continue
        for number, line in enumerate(text.splitlines(), 1):
            faults += [f"{name}:{number} names {host}" for host in REGISTRIES if host in line]
            faults += [f"{name}:{number} names {place}" for place in PLACES.findall(line)]
    return faults
