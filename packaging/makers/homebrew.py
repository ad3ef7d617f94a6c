"""macOS: a cask for Homebrew, of the disk images in ``dist/``. ``--set repository=OWNER/NAME`` says where they are."""

import re
from pathlib import Path
from typing import Final

from makers.checksums import sha256
from makers.contexts import IDENTIFIER, Context, PackagingError
from makers.dmgs import image_path
from makers.mac_infos import EXECUTABLE, MINIMUM, NAME

TOKEN: Final = "watchkeeper"
CODENAMES: Final = {"13": "ventura", "14": "sonoma", "15": "sequoia", "26": "tahoe"}
_REPOSITORY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")
ZAP: Final = (
    f"~/Library/Application Support/{NAME}",
    "~/Library/LaunchAgents/io.github.watchkeeper.plist",
    f"~/Library/Preferences/{IDENTIFIER}.plist",
    f"~/Library/Saved Application State/{IDENTIFIER}.savedState",
)
"""What a person may want to be rid of with the program: the profile, start at login, what macOS keeps of a window."""


def make(context: Context) -> list[Path]:
    """Return the cask, ``dist/homebrew/watchkeeper.rb``: to be offered to a tap, not to be downloaded."""
    sums = {}
    for machine in ("arm64", "x86_64"):
        image = image_path(context, machine)
        if not image.is_file():
            raise PackagingError(
                f"{image.name} is not in {context.dist}: the cask needs the images of both processors."
            )
        sums[machine] = sha256(image)
    target = context.dist / "homebrew" / f"{TOKEN}.rb"
    target.parent.mkdir(parents=True, exist_ok=True)
    repository = context.settings.get("repository", "")
    target.write_text(cask(context.version, repository, sums), encoding="utf-8", newline="\n")
    return [target]


def cask(version: str, repository: str, sums: dict[str, str]) -> str:
    """Return the text. Raises :class:`PackagingError` for a repository that is none."""
    if _REPOSITORY.fullmatch(repository) is None:
        raise PackagingError("The cask must say where the images are: --set repository=OWNER/NAME.")
    zap = ",\n    ".join(f'"{path}"' for path in ZAP)
    home = f"https://github.com/{repository}"
    return f'''cask "{TOKEN}" do
  arch arm: "arm64", intel: "x86_64"

  version "{version}"
  sha256 arm:   "{sums["arm64"]}",
         intel: "{sums["x86_64"]}"

  url "{home}/releases/download/v#{{version}}/{NAME}-#{{version}}-macos-#{{arch}}.dmg"
  name "{NAME}"
  desc "Watches mailboxes, feeds and accounts and notifies of what is new"
  homepage "{home}"

  livecheck do
    url :url
    strategy :github_latest
  end

  auto_updates false
  depends_on macos: ">= :{CODENAMES[MINIMUM.partition(".")[0]]}"

  app "{NAME}.app"
  binary "#{{appdir}}/{NAME}.app/Contents/MacOS/{EXECUTABLE}"

  # It stops in order; jobs may go on.
  uninstall launchctl:  "io.github.watchkeeper",
            quit:       "{IDENTIFIER}",
            login_item: "{NAME}"

  zap trash: [
    {zap},
  ]
end
'''
