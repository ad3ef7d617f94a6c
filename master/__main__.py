"""The command line without the desktop: ``python -m master serve`` and the rest."""

import sys

from master.cli.main import run

if __name__ == "__main__":
    sys.exit(run())
