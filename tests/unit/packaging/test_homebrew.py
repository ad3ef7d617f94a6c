"""The cask for Homebrew."""

import hashlib
from dataclasses import replace

import pytest

from desktop.integration.autostart import IDENTIFIER as AGENT
from makers import homebrew
from makers.contexts import IDENTIFIER, PackagingError, make_context
from tests.architecture.rules import ROOT


@pytest.fixture
def context(tmp_path):
    return replace(make_context(ROOT), version="1.4.0", dist=tmp_path, settings={"repository": "some-one/watch.keeper"})


def test_the_cask_names_both_images_with_their_sums(context, tmp_path):
    for machine in ("arm64", "x86_64"):
        (tmp_path / f"Watchkeeper-1.4.0-macos-{machine}.dmg").write_text(machine)
    (made,) = homebrew.make(context)
    text = made.read_text()
    assert made.relative_to(tmp_path).as_posix() == "homebrew/watchkeeper.rb"
    for machine, name in (("arm64", "arm:  "), ("x86_64", "intel:")):
        assert f'{name} "{hashlib.sha256(machine.encode()).hexdigest()}"' in text
    assert (
        'url "https://github.com/some-one/watch.keeper/releases/download/v#{version}/'
        'Watchkeeper-#{version}-macos-#{arch}.dmg"' in text
    )
    assert f'quit:       "{IDENTIFIER}"' in text
    assert f'launchctl:  "{AGENT}"' in text
    assert f"~/Library/LaunchAgents/{AGENT}.plist" in text
    assert "~/Library/Application Support/Watchkeeper" in text
    assert 'depends_on macos: ">= :ventura"' in text
    assert "auto_updates false" in text
    blocks = [line for line in text.splitlines() if line.endswith(" do")]
    ends = [line for line in text.splitlines() if line.strip() == "end"]
    assert len(blocks) == len(ends) == 2


def test_one_image_is_not_enough(context, tmp_path):
    (tmp_path / "Watchkeeper-1.4.0-macos-arm64.dmg").touch()
    with pytest.raises(PackagingError, match=r"Watchkeeper-1\.4\.0-macos-x86_64\.dmg is not in"):
        homebrew.make(context)


@pytest.mark.parametrize("repository", ["", "watchkeeper", "https://example.org/a/b", 'a/b" do'])
def test_the_place_of_the_images_must_be_said(repository):
    with pytest.raises(PackagingError, match="--set repository=OWNER/NAME"):
        homebrew.cask("1.4.0", repository, {"arm64": "0" * 64, "x86_64": "1" * 64})
