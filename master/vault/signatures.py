"""Signatures of what the project publishes: Ed25519, over the exact bytes that were published."""


def verify(public_keys: list[bytes], message: bytes, signature: bytes) -> bool:
    """Tell whether one of the keys (32 raw bytes each) signed the message."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    for raw in public_keys:
        try:
            Ed25519PublicKey.from_public_bytes(raw).verify(signature, message)
        except (InvalidSignature, ValueError):
            continue
        return True
    return False


def sign(private_key: bytes, message: bytes) -> bytes:
    """Return the signature of a message by a private key (32 raw bytes). Raises ``ValueError`` for a wrong key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(private_key).sign(message)


def make_pair() -> tuple[bytes, bytes]:
    """Return a new private and its public key, 32 raw bytes each."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()
