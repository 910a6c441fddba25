"""Key and certificate out of a PKCS#12 file that somebody brings. Runs in the workshop: the file itself says how often
its password is to be hashed, and a hostile one says two thousand million times."""

from __future__ import annotations

import msgspec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12

from store.errors import Refused

from .algorithms import Private


class Opened(msgspec.Struct, frozen=True):
    """`key` PKCS#8, `certificate` X.509; DER."""

    key: bytes
    certificate: bytes


def opened(data: bytes, password: str) -> Opened:
    """Raises Refused `pkcs12-unreadable` for a wrong password, and for a file without a key that fits its
    certificate."""
    try:
        key, certificate, _ = pkcs12.load_key_and_certificates(data, password.encode() or None)
        if certificate is None or not isinstance(key, Private) or key.public_key() != certificate.public_key():
            raise Refused("pkcs12-unreadable")
        plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    except (ValueError, TypeError) as error:
        raise Refused("pkcs12-unreadable") from error
    return Opened(plain, certificate.public_bytes(Encoding.DER))
