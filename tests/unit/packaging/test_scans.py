"""Nothing that must not be published stands in the tree or in its history; what looks like it is found."""

import hashlib
import random
import string
import subprocess
from dataclasses import replace

import pytest

from makers import scans
from makers.contexts import PackagingError, make_context
from tests.architecture.rules import ROOT

DRAWN = random.Random(4)


def drawn(size, letters=string.ascii_letters + string.digits):
    return "".join(DRAWN.choices(letters, k=size - 2)) + "a7"


# Put together here, so that this file has none itself.
PLANTED = {
    "private key": "-----BEGIN OPENSSH " + "PRIVATE KEY-----",
    "AWS key": "AKIA" + drawn(16, string.ascii_uppercase).upper(),
    "GitHub token": "ghp_" + drawn(36),
    "GitLab token": "glpat-" + drawn(20),
    "Slack token": "xoxb-" + "123456789012-" + drawn(24),
    "Stripe key": "sk_live_" + drawn(24),
    "Google key": "AIza" + drawn(35),
    "package registry token": "npm_" + drawn(36),
    "Telegram bot token": "123456789:AA" + drawn(33),
    "web token": f"eyJ{drawn(20)}.eyJ{drawn(20)}.{drawn(20)}",
    "key of a service": "sk-proj-" + drawn(40),
    "storage key": "AccountKey=" + drawn(86),
    "password": f'DB_PASSWORD = "{drawn(24)}"',
    "password in an address": f"postgres://app:{drawn(24)}@db.example.org/x",
}


def test_every_form_is_planted():
    assert set(PLANTED) == {*scans.FORMS, "password", "password in an address"}


@pytest.mark.parametrize("kind", PLANTED)
def test_what_is_planted_is_found(kind):
    text = f"first\nsecond {PLANTED[kind]} end\n"
    assert (2, kind) in {(line, found) for line, found, _ in scans.search(text)}


@pytest.mark.parametrize(
    "text",
    [
        'password = "a-long-but-plain-word"',
        'token = "the_account_of_the_worker"',
        'secret: "{account.secret_of_it}"',
        "https://name:password@example.org",
        "https://example.org/a:1234567890abcdef@x",
        "sk-learn, ghp_short, eyJ0",
        "-----BEGIN CERTIFICATE-----",
    ],
)
def test_words_are_no_secrets(text):
    assert list(scans.search(text)) == []


def test_what_is_known_to_be_none_is_left_out(monkeypatch):
    value = PLANTED["GitHub token"]
    monkeypatch.setattr(scans, "KNOWN", frozenset({hashlib.sha256(value.encode()).hexdigest()}))
    assert list(scans.search(value)) == []


@pytest.fixture
def clone(tmp_path):
    def git(*words):
        settings = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *settings, *words], cwd=tmp_path, check=True, capture_output=True)

    git("init", "--quiet")
    (tmp_path / "a.py").write_text(f"x = 1\nkey = '{PLANTED['Stripe key']}'\n")
    (tmp_path / "picture.bin").write_bytes(b"\0" + PLANTED["Stripe key"].encode())
    git("add", ".")
    git("commit", "-q", "-m", "with")
    (tmp_path / "a.py").write_text("x = 1\n")
    git("commit", "-q", "-a", "-m", "without")
    (tmp_path / ".gitignore").write_text("ignored\n")
    (tmp_path / "ignored").write_text(PLANTED["GitHub token"])
    (tmp_path / "new").write_text(PLANTED["GitHub token"])
    return tmp_path


def test_new_files_and_what_was_deleted_long_ago_are_looked_at(clone):
    assert [(one.place, one.line, one.kind) for one in scans.tree(clone)] == [("new", 1, "GitHub token")]
    (found,) = scans.history(clone)
    assert found.place.endswith(" a.py")
    assert (found.line, found.kind) == (2, "Stripe key")
    context = replace(make_context(ROOT), root=clone, settings={"advisories": "no"})
    with pytest.raises(
        PackagingError, match=r"2 secrets were found:\n  new:1 looks like a GitHub token \([0-9a-f]{16}\)"
    ) as told:
        scans.make(context)
    assert not [value for value in PLANTED.values() if value in str(told.value)]


def test_this_tree_and_its_history_are_clean():
    context = replace(make_context(ROOT), settings={"advisories": "no"})
    assert scans.make(context) == []


LISTED = """\
# made by uv
aiohttp==3.14.5 \\
    --hash=sha256:00 \\
    --hash=sha256:01
    # via watchkeeper
cryptography==48.0.1 ; sys_platform == 'darwin' \\
    --hash=sha256:02
cryptography==50.0.2 ; sys_platform != 'darwin' \\
    --hash=sha256:03
"""


def test_advisories_are_asked_for_exactly_what_is_built_in_on_any_system(tmp_path, monkeypatch):
    asked = []
    context = replace(make_context(ROOT), work=tmp_path)

    def run(_self, *words, **_more):
        asked.append([str(word) for word in words])
        return LISTED

    monkeypatch.setattr(scans.Context, "run", run)
    monkeypatch.setattr(scans, "ACCEPTED", {"PYSEC-1": "not used"})
    scans.audit(context)
    export, *audits = asked
    assert "--no-dev" in export
    assert len(audits) == 2
    for audit in audits:
        assert {scans.AUDIT, "--strict", "--require-hashes", "PYSEC-1"} <= set(audit)
    first, second = ((tmp_path / f"audited-{number}.txt").read_text() for number in range(2))
    assert first.startswith("aiohttp==3.14.5 \\\n    --hash=sha256:00 ")
    assert "cryptography==48.0.1 \\\n    --hash=sha256:02\n" in first
    assert second == "cryptography==50.0.2 \\\n    --hash=sha256:03\n"
