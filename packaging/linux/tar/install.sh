#!/bin/sh
# Makes the program of this folder known to one person's desktop and shell; nothing needs an administrator.
# `./install.sh --remove` takes it back. Accounts and settings are touched by neither.
set -eu
here=$(cd "$(dirname "$0")" && pwd -P)
data=${XDG_DATA_HOME:-$HOME/.local/share}
command=$HOME/.local/bin/watchkeeper

tell_desktop() {
  if command -v update-desktop-database >/dev/null; then update-desktop-database -q "$data/applications" || true; fi
}

if [ "${1-}" = --remove ]; then
  (cd "$here/share" && find . -type f) | while IFS= read -r name; do rm -f "$data/$name"; done
  if [ "$(readlink "$command" 2>/dev/null || true)" = "$here/watchkeeper" ]; then rm -f "$command"; fi
  tell_desktop
  echo "Removed from menus and shells. The folder $here may be deleted when the program does not run."
  exit 0
fi
if [ $# -gt 0 ]; then
  echo "usage: install.sh [--remove]" >&2
  exit 2
fi

mkdir -p "$(dirname "$command")"
ln -sfn "$here/watchkeeper" "$command"
(cd "$here/share" && find . -type f) | while IFS= read -r name; do
  mkdir -p "$data/$(dirname "$name")"
  cp "$here/share/$name" "$data/$name"
done
entry=$data/applications/watchkeeper.desktop
# What the format of desktop entries and sed take for more than a letter.
path=$(printf '%s' "$command" | sed 's/[\\&|]/\\&/g')
sed -i -e "s|^Exec=watchkeeper|Exec=\"$path\"|" -e "s|^TryExec=watchkeeper|TryExec=$path|" "$entry"
tell_desktop
echo "Watchkeeper is in the menu of applications, and in the shell as $command."
