"""What is asked of a platform, as rules: a manifest answers each under ``[quality]``, and code checks what it can.

An answer is ``yes`` (``yes: dovecot`` says how it is known), ``exempt: why`` where the rule cannot concern the service,
or ``no: what is missing``.
"""

import re
from typing import Final

import msgspec

from worker.protocol.manifest import Manifest
from worker.sdk.platform import Platform


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is asked."""

    id: str
    title: str


RULES: Final = tuple(
    Rule(id=name, title=title)
    for name, title in (
        ("server", "Proved against a real server, or a faithful stand-in"),
        ("probe", "A test connection really connects, and tells its steps"),
        ("identity", "It knows whom it is signed in as"),
        ("push", "News come the moment they happen"),
        ("mark_read", "What is read here is read there"),
        ("sign_in", "One signs in on the service's page, without making a token"),
        ("reauth", "A refused sign-in is told as such, at its field"),
        ("rate_limits", "What the service asks for is heeded"),
        ("bounded", "Fifty megabytes are not taken"),
        ("certificates", "An expired certificate is named as such"),
        ("silence", "A connection that says nothing ends in time"),
        ("garbage", "Garbage is no wrong password"),
        ("clock", "A clock that is a day wrong loses nothing and repeats nothing"),
        ("languages", "Every word stands in English and Chinese"),
    )
)
_ANSWER: Final = re.compile(r"yes(: .{2,})?|(exempt|no): .{2,}")


def says_yes(manifest: Manifest, rule: str) -> bool:
    """Whether a manifest claims to keep a rule."""
    return manifest.quality.get(rule, "").startswith("yes")


def check_quality(manifest: Manifest, adapter: type[Platform]) -> None:
    """Raise ``AssertionError`` for an answer that is missing, or that the code contradicts."""
    known = [rule.id for rule in RULES]
    missing = [name for name in known if name not in manifest.quality]
    assert not missing, f"[quality] does not answer {missing}"
    unknown = set(manifest.quality) - set(known)
    assert not unknown, f"[quality] answers what nobody asks: {sorted(unknown)}"
    for name, answer in manifest.quality.items():
        assert _ANSWER.fullmatch(answer), f"[quality] {name}: yes, 'exempt: why' or 'no: what', not {answer!r}"
    able = manifest.capabilities
    for rule, declared, method in (
        ("push", able.push, "listen"),
        ("mark_read", able.mark_read, "mark_read"),
        ("sign_in", bool(manifest.logins), "login"),
    ):
        has = getattr(adapter, method) is not getattr(Platform, method)
        assert declared == has, f"the manifest and {method}() contradict each other"
        assert says_yes(manifest, rule) == has, f"[quality] {rule}: the code says otherwise"
    assert able.log_out == (adapter.log_out is not Platform.log_out), "the manifest and log_out() contradict each other"
    assert able.propose == (adapter.propose is not Platform.propose), "the manifest and propose() contradict each other"
    signs_in = able.credentials != "none"
    assert says_yes(manifest, "reauth") == signs_in, "[quality] reauth: the fields say otherwise"
    for rule in ("probe", "languages", "server"):
        assert not manifest.quality[rule].startswith("exempt"), f"[quality] {rule} concerns every platform"


def table(manifests: list[Manifest]) -> str:
    """Return the answers of all as a table in Markdown, with the reasons below it."""
    head = "| rule | " + " | ".join(manifest.id for manifest in manifests) + " |"
    lines = [head, "|---|" + "---|" * len(manifests)]
    notes: list[str] = []
    for rule in RULES:
        cells = []
        for manifest in manifests:
            kind, _, why = manifest.quality.get(rule.id, "no: ?").partition(": ")
            sign = {"yes": "yes", "exempt": "–", "no": "no"}[kind]
            if why:
                notes.append(f"{manifest.id}, {rule.id}: {why}")
                sign += f" [{len(notes)}]"
            cells.append(sign)
        lines.append(f"| {rule.title} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", *(f"{number}. {note}" for number, note in enumerate(notes, 1))])
