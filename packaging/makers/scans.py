"""Looks for what must not be published: secrets in the tree and in its whole history, libraries with known weaknesses.

    scan                          both
    scan --set advisories=no      secrets alone: needs no network

Advisories are asked by pip-audit for exactly the versions that packages are built from. A library that is named there,
or that could not be asked for, is an error: a release waits for a newer one, or for a line in ``ACCEPTED``.
"""

import hashlib
import math
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from makers.bundles import find_uv
from makers.contexts import Context, PackagingError, say

AUDIT: Final = "pip-audit==2.10.1"
ACCEPTED: Final[dict[str, str]] = {}
"""Advisory → why it does not concern the program, and until when that holds."""
LARGEST: Final = 2 * 1024 * 1024
FORMS: Final = {
    "private key": (("-----BEGIN ",), r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"),
    "AWS key": (("AKIA", "ASIA"), r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "GitHub token": (("gh", "github_pat_"), r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})"),
    "GitLab token": (("glpat-",), r"\bglpat-[A-Za-z0-9_-]{20,}"),
    "Slack token": (("xox",), r"\bxox[abeoprs]-[0-9]{6,}-[0-9A-Za-z-]{10,}"),
    "Stripe key": (("k_live_",), r"\b[rs]k_live_[0-9A-Za-z]{16,}"),
    "Google key": (
        ("AIza", "ya29.", "GOCSPX-"),
        r"\b(?:AIza[0-9A-Za-z_-]{35}|ya29\.[0-9A-Za-z_-]{30,}|GOCSPX-[0-9A-Za-z_-]{20,})",
    ),
    "package registry token": (("pypi-AgE", "npm_"), r"\b(?:pypi-AgE[A-Za-z0-9_-]{50,}|npm_[A-Za-z0-9]{36})\b"),
    "Telegram bot token": ((":AA",), r"\b[0-9]{8,10}:AA[A-Za-z0-9_-]{33}\b"),
    "web token": (("eyJ",), r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    "key of a service": (
        ("SG.", "sk-"),
        r"\b(?:SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}|sk-(?:ant-|proj-)?[A-Za-z0-9_-]{32,})",
    ),
    "storage key": (("AccountKey=",), r"\bAccountKey=[A-Za-z0-9+/=]{60,}"),
}
"""What a secret looks like: something that every one contains, which is quick to look for, and the whole."""
_FORMS: Final = {kind: (signs, re.compile(form)) for kind, (signs, form) in FORMS.items()}
_NAMED: Final = re.compile(r"password|passwd|passphrase|secret|token|api_?key")
_VALUE: Final = re.compile(r"[\w-]{0,20}[\"']?\s{0,3}[:=]\s{0,3}[\"']([^\"'\s{}]{16,})[\"']")
_ADDRESS: Final = re.compile(r"[^\s/:@\"'<>{}]+:([^\s/:@\"'<>{}]{8,})@[A-Za-z0-9.-]+")
_RANDOM: Final = 3.6
"""Bits a character: words have less, what a machine drew has more."""
KNOWN: Final = frozenset(
    {
        # Made up, in tests of what is hidden.
        "33a2037d1204e59bdf386fd9d3d3cdcc52ead7f677248028210dd4f6e0fc2a5f",
        "ae9eed8bd883c35dddf827e918120b215df7c94a588b7c8c3ecee555c66a31b2",
        # Made up, in a picture of the window.
        "57573363c4f7cf9eb6517bb8917d0dc077d2367c6458a15a29d06b988cc3a4d7",
    }
)
"""SHA-256 of what looks like a secret and is none."""


class Finding(NamedTuple):
    """``place`` is a path, with the commit's object in front of it for what only the history has."""

    place: str
    line: int
    kind: str
    digest: str


def make(context: Context) -> list[Path]:
    """Look everywhere. Raises :class:`PackagingError` with all that was found."""
    found = [*tree(context.root), *history(context.root)]
    if found:
        lines = [f"{one.place}:{one.line} looks like a {one.kind} ({one.digest[:16]})" for one in found]
        raise PackagingError("\n  ".join([f"{len(lines)} secrets were found:", *lines[:100]]))
    say("no secret in the tree, none in the history")
    if context.settings.get("advisories") != "no":
        audit(context)
        say("no library has a known weakness")
    return []


def search(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield line, kind and SHA-256 of everything in ``text`` that looks like a secret."""
    for at, kind, value in _candidates(text):
        digest = hashlib.sha256(value.encode()).hexdigest()
        if digest not in KNOWN:
            yield text.count("\n", 0, at) + 1, kind, digest


def _candidates(text: str) -> Iterator[tuple[int, str, str]]:
    for kind, (signs, form) in _FORMS.items():
        if any(sign in text for sign in signs):
            yield from ((match.start(), kind, match[0]) for match in form.finditer(text))
    # Of these the form says little: they are judged by how random they are.
    lower = text.lower()
    for name in _NAMED.finditer(lower if len(lower) == len(text) else text):
        value = _VALUE.match(text, name.end())
        if value is not None and is_random(value[1]):
            yield name.start(), "password", value[1]
    at = text.find("://")
    while at >= 0:
        given = _ADDRESS.match(text, at + 3)
        if given is not None and is_random(given[1]):
            yield at, "password in an address", given[1]
        at = text.find("://", at + 3)


def is_random(value: str) -> bool:
    """Whether a machine drew it: mixed characters, hardly repeated, no words with separators."""
    if not (re.search(r"[0-9]", value) and re.search(r"[A-Za-z]", value)):
        return False
    counts = [value.count(letter) / len(value) for letter in set(value)]
    return -sum(share * math.log2(share) for share in counts) >= _RANDOM


def tree(root: Path) -> Iterator[Finding]:
    """Yield what is found in the files as they stand, those that git ignores left out."""
    listed = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard").decode().split("\0")
    for name in sorted(filter(None, listed)):
        path = root / name
        if path.is_file() and not path.is_symlink() and path.stat().st_size <= LARGEST:
            yield from _findings(name, path.read_bytes())


def history(root: Path) -> Iterator[Finding]:
    """Yield what is found in any file of any commit, whatever became of it."""
    listed = _git(root, "rev-list", "--all", "--objects").decode(errors="replace").splitlines()
    names = dict(line.split(" ", 1) for line in listed if " " in line)
    checked = _git(root, "cat-file", "--batch-check", given="\n".join(names).encode()).decode().splitlines()
    blobs = [word[0] for line in checked if (word := line.split())[1:2] == ["blob"] and int(word[2]) <= LARGEST]
    for start in range(0, len(blobs), 500):
        part = blobs[start : start + 500]
        data, at = _git(root, "cat-file", "--batch", given="\n".join(part).encode()), 0
        for blob in part:
            end = data.index(b"\n", at)
            size = int(data[at:end].split()[2])
            yield from _findings(f"{blob[:10]} {names[blob]}", data[end + 1 : end + 1 + size])
            at = end + size + 2


def _findings(place: str, content: bytes) -> Iterator[Finding]:
    if b"\0" in content[:8000]:
        return
    for line, kind, digest in search(content.decode("utf-8", errors="replace")):
        yield Finding(place, line, kind, digest)


def _git(root: Path, *words: str, given: bytes = b"") -> bytes:
    done = subprocess.run(["git", *words], cwd=root, input=given, capture_output=True, timeout=300, check=False)
    if done.returncode != 0:
        raise PackagingError(f"git {words[0]} failed: {done.stderr.decode(errors='replace').strip()[-300:]}")
    return done.stdout


def audit(context: Context) -> None:
    """Ask for known weaknesses of the pinned libraries. Raises :class:`PackagingError` for each and for no answer."""
    export = ("export", "--quiet", "--no-dev", "--no-emit-project", "--format", "requirements-txt")
    accepted = [word for name in ACCEPTED for word in ("--ignore-vuln", name)]
    tool = (*find_uv(), "tool", "run", AUDIT, "--require-hashes", "--disable-pip", "--strict")
    context.work.mkdir(parents=True, exist_ok=True)
    for number, listed in enumerate(for_all_systems(context.run(*find_uv(), *export))):
        requirements = context.work / f"audited-{number}.txt"
        requirements.write_text(listed, encoding="utf-8")
        context.run(*tool, "--progress-spinner", "off", *accepted, "--requirement", requirements)


def for_all_systems(requirements: str) -> list[str]:
    """Return lists that name each library once and whatever the system; more than one where systems differ."""
    lists: list[list[str]] = []
    seen: dict[str, int] = {}
    for entry in re.findall(r"^[A-Za-z0-9].*\n(?:[ \t]+.*\n)*", requirements, re.MULTILINE):
        name = entry.partition("==")[0]
        number = seen[name] = seen.get(name, -1) + 1
        if number == len(lists):
            lists.append([])
        lists[number].append(re.sub(r" ; [^\\\n]*", " ", entry, count=1))
    return ["".join(entries) for entries in lists]
