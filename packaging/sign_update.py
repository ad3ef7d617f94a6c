"""Signs what the update check reads. ``keygen FILE`` · ``sign --key FILE release.json > updates.json`` · ``show FILE``.

The private key never leaves the machine that makes releases; its public half goes into
``master/services/update_sources.py``, together with the address at which the signed file is published. A release:

    {"serial": 12, "version": "1.4.0", "released_at": 1800000000000, "expires_at": 1810000000000,
     "minimum": {"macos": "12.0", "linux": "2.31"}, "page": "https://…",
     "downloads": [{"system": "linux", "machine": "x86_64", "kind": "deb", "url": "https://…", "sha256": "…",
                    "bytes": 1}],
     "notes": {"en": "…", "zh_CN": "…"}}

``serial`` grows by at least one each time that anything is published, also when only ``expires_at`` changes.
"""

import argparse
import base64
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import msgspec  # noqa: E402 (found from the root)

from master.api.updates import MARK, MAX_BYTES, Published, Release  # noqa: E402
from master.services.update_sources import PUBLIC_KEYS  # noqa: E402
from master.vault.signatures import make_pair, sign, verify  # noqa: E402


def keygen(path: Path) -> str:
    """Write a new private key (hexadecimal, readable by its owner alone); return the public one."""
    private, public = make_pair()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(private.hex() + "\n")
    return public.hex()


def sign_release(document: bytes, private: bytes) -> bytes:
    """Return the file to publish. Raises ``MsgspecError`` for what is no release, ``ValueError`` for its size."""
    release = msgspec.json.decode(document, type=Release)
    payload = msgspec.json.encode(release).decode()
    signature = base64.b64encode(sign(private, MARK + payload.encode())).decode()
    made = msgspec.json.format(msgspec.json.encode(Published(payload=payload, signature=signature)))
    if len(made) > MAX_BYTES:
        raise ValueError(f"larger than {MAX_BYTES} bytes: nobody would read it")
    return made


def show(content: bytes, public_keys: list[bytes]) -> str:
    """Return what a published file says, and whether this source would take its signature."""
    published = msgspec.json.decode(content, type=Published)
    right = verify(public_keys, MARK + published.payload.encode(), base64.b64decode(published.signature))
    document = msgspec.json.format(published.payload.encode()).decode()
    return f"{document}\nsignature: {'right' if right else 'NOT by a key of this source'}"


def main(argv: list[str] | None = None) -> int:
    """Run the tool; what is wrong is one sentence and exit 1."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("keygen").add_argument("file", type=Path)
    signing = commands.add_parser("sign")
    signing.add_argument("--key", type=Path, required=True)
    signing.add_argument("file", type=Path)
    commands.add_parser("show").add_argument("file", type=Path)
    given = parser.parse_args(argv)
    try:
        if given.command == "keygen":
            print(keygen(given.file))
        elif given.command == "sign":
            private = bytes.fromhex(given.key.read_text("ascii").strip())
            print(sign_release(given.file.read_bytes(), private).decode())
        else:
            print(show(given.file.read_bytes(), [bytes.fromhex(key) for key in PUBLIC_KEYS]))
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        print(f"sign_update: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
