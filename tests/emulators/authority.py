"""A certificate authority of one's own, as a network has that inspects TLS."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

WHO = "Council TLS inspection"
_PEM = serialization.Encoding.PEM


def certificates(folder: Path, *names: str) -> tuple[Path, Path]:
    """Make an authority and a server's certificate that it signed for `names`, loopback included.

    Returns the authority's bundle, and the server's certificate with its key.
    """
    now = datetime.datetime.now(datetime.UTC)

    def make(
        subject: str, key: ec.EllipticCurvePrivateKey, signer: ec.EllipticCurvePrivateKey
    ) -> x509.Certificate:
        def name(text: str) -> x509.Name:
            return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

        places: list[x509.GeneralName] = [
            x509.DNSName(one) for one in dict.fromkeys(("localhost", *names))
        ]
        places.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
        return (
            x509.CertificateBuilder()
            .subject_name(name(subject))
            .issuer_name(name(WHO))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(
                x509.BasicConstraints(ca=subject == WHO, path_length=None), critical=True
            )
            .add_extension(x509.SubjectAlternativeName(places), critical=False)
            .sign(signer, hashes.SHA256())
        )

    authority_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    bundle, both = folder / "bundle.pem", folder / "server.pem"
    bundle.write_bytes(make(WHO, authority_key, authority_key).public_bytes(_PEM))
    both.write_bytes(
        make("localhost", server_key, authority_key).public_bytes(_PEM)
        + server_key.private_bytes(
            _PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return bundle, both


def context(both: Path) -> ssl.SSLContext:
    """Return what a server with that certificate speaks TLS with."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(both)
    return made
