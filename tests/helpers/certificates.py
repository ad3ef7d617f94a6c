"""Certificates that vouch for themselves, of any age."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def self_signed(*hosts: str, days: float, age: float = 300.0, authority: bool = True) -> tuple[bytes, bytes]:
    """Return key and certificate as PEM; it ends in ``days`` and is ``age`` days old."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0])])
    now = datetime.now(UTC)
    numbers = [x509.IPAddress(ipaddress.ip_address(host)) for host in hosts if host[0].isdigit()]
    names = [x509.DNSName(host) for host in hosts if not host[0].isdigit()]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=age))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([*names, *numbers]), critical=False)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    return private, certificate.public_bytes(serialization.Encoding.PEM)


def server_context(folder: Path, pair: tuple[bytes, bytes]) -> ssl.SSLContext:
    """Return the context of a server that shows ``pair``; written to ``server.pem`` in ``folder``, others vouch."""
    path = folder / "server.pem"
    path.write_bytes(b"".join(pair))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
