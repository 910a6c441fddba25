"""Which algorithms sign here: the one place where they are chosen, and the one to change when the next comes (ML-DSA).

A scheme is what a signature says of itself: the kind of key, the padding, the digest. SHA-2 only; RSA from 2048 bits
and curves from 256 (Circular 15/2025/TT-BKHCN), with PSS beside PKCS#1 v1.5, which most tokens still want.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from store.errors import Refused

Private = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
Public = ec.EllipticCurvePublicKey | rsa.RSAPublicKey | ed25519.Ed25519PublicKey

SHORTEST_RSA, LONGEST_RSA = 2048, 4096
PSS_256 = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256.digest_size)


@dataclass(frozen=True, slots=True)
class Scheme:
    """`digest`: of the document and of the signed attributes, by its name in CMS. `given`: what `cryptography` wants
    beside the data, to sign and to check alike."""

    name: str
    digest: str
    given: Callable[[], tuple[Any, ...]]

    def sign(self, key: Any, data: bytes) -> bytes:
        return bytes(key.sign(data, *self.given()))

    def fits(self, public: Any, signature: bytes, data: bytes) -> bool:
        """Is SIGNATURE over DATA by the key of PUBLIC?"""
        try:
            public.verify(signature, data, *self.given())
        except InvalidSignature:
            return False
        return True


SCHEMES = {
    scheme.name: scheme
    for scheme in (
        Scheme("ecdsa-sha256", "sha256", lambda: (ec.ECDSA(hashes.SHA256()),)),
        Scheme("ecdsa-sha384", "sha384", lambda: (ec.ECDSA(hashes.SHA384()),)),
        Scheme("rsa-sha256", "sha256", lambda: (padding.PKCS1v15(), hashes.SHA256())),
        Scheme("rsa-pss-sha256", "sha256", lambda: (PSS_256, hashes.SHA256())),
        Scheme("ed25519", "sha512", lambda: ()),  # RFC 8419, 3.1: always SHA-512
    )
}
KINDS: dict[str, Callable[[], Private]] = {
    "p256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "p384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "rsa2048": lambda: rsa.generate_private_key(65537, 2048),
    "rsa3072": lambda: rsa.generate_private_key(65537, 3072),
    "rsa4096": lambda: rsa.generate_private_key(65537, 4096),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
}
DEFAULT = "p256"  # what is made here unless told otherwise: short, fast, read everywhere


def schemes_of(public: Any) -> tuple[str, ...]:
    """The schemes a key may sign by, the usual one first; none for a key that is too weak or of another kind."""
    if isinstance(public, ec.EllipticCurvePublicKey):
        named = {"secp256r1": ("ecdsa-sha256",), "secp384r1": ("ecdsa-sha384",)}
        return named.get(public.curve.name, ())
    if isinstance(public, rsa.RSAPublicKey) and SHORTEST_RSA <= public.key_size <= LONGEST_RSA:
        return "rsa-sha256", "rsa-pss-sha256"
    return ("ed25519",) if isinstance(public, ed25519.Ed25519PublicKey) else ()


def scheme_of(public: Any, wanted: str = "") -> Scheme:
    """The scheme WANTED, or the usual one. Raises Refused `key-unfit` where the key cannot or may not sign by it."""
    able = schemes_of(public)
    name = wanted or next(iter(able), "")
    if name not in able:
        raise Refused("key-unfit")
    return SCHEMES[name]


def key_of(certificate: x509.Certificate) -> Any:
    """Its public key. Raises Refused `key-unfit` for one of a kind that `cryptography` does not know."""
    try:
        return certificate.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Refused("key-unfit") from error


def scheme_of_certificate(der: bytes) -> Scheme:
    """The usual scheme of a certificate's key. Raises Refused `key-unfit`."""
    return scheme_of(key_of(x509.load_der_x509_certificate(der)))


def is_by(public: bytes, signature: bytes, data: bytes) -> bool:
    """Is SIGNATURE over DATA by the key PUBLIC (SubjectPublicKeyInfo, DER)? Raises Refused `key-unfit`."""
    try:
        key = load_der_public_key(public)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Refused("key-unfit") from error
    return scheme_of(key).fits(key, signature, data)


def longest(public: Any) -> int:
    """Bytes of the longest signature the key can make."""
    if isinstance(public, rsa.RSAPublicKey):
        return public.key_size // 8
    if isinstance(public, ec.EllipticCurvePublicKey):
        return 2 * (public.curve.key_size // 8 + 1) + 8  # two INTEGERs in a SEQUENCE, DER
    return 64


def hash_for(key: Private) -> hashes.SHA256 | hashes.SHA384 | None:
    """By which digest KEY signs certificates and revocation lists."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return None
    long = isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.key_size > 256
    return hashes.SHA384() if long else hashes.SHA256()
