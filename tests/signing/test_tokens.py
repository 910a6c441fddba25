"""signing.tokens, signing.keys: a key in a token signs as one on file does, and never leaves it; what is wrong is told.

SoftHSM stands for the token; the check of what it signed is `cryptography`'s."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from pkcs11 import Attribute, KeyType, ObjectClass

from signing import algorithms, authority
from signing.keys import ServerToken
from signing.tokens import Token, TokenKey
from store.errors import Refused, Unavailable

from ..kit.authority import NOW, Office
from ..kit.softhsm import PIN

DATA = b"the attributes of a signature"


def certified(office: Office, public: bytes) -> bytes:
    key: Any = load_der_public_key(public)
    name = authority.subject("Phạm Thị Thử", "UBND")
    made = authority.issue(office.authority.issuing, name, key, "person", NOW)
    return made.public_bytes(Encoding.DER)


def rsa_key(token: Token, bits: int, name: bytes) -> bytes:
    """Made in the token as its maker's program makes one."""
    with token.session(PIN, writes=True) as session:
        public, _ = session.generate_keypair(KeyType.RSA, bits, store=True, id=name)
        return bytes(pkcs11.util.rsa.encode_rsa_public_key(public))


def p256_key(token: Token, name: bytes) -> bytes:
    return token.new_key(PIN, name)


def as_spki(public: bytes) -> bytes:
    """PKCS#1 to SubjectPublicKeyInfo."""
    from asn1crypto import keys as asn1_keys

    return bytes(asn1_keys.PublicKeyInfo.wrap(public, "rsa").dump())


CASES: list[tuple[str, Callable[[Token, bytes], bytes], str]] = [
    ("ecdsa-sha256", p256_key, "P-256"),
    ("rsa-sha256", lambda token, name: as_spki(rsa_key(token, 2048, name)), "RSA-2048"),
    ("rsa-pss-sha256", lambda token, name: as_spki(rsa_key(token, 3072, name)), "RSA-3072, PSS"),
]


@pytest.mark.parametrize(("scheme", "make", "label"), CASES, ids=[label for *_, label in CASES])
def test_a_token_signs_by_every_scheme(
    office: Office, token: Token, scheme: str, make: Callable[[Token, bytes], bytes], label: str
) -> None:
    public = make(token, b"key-1")
    certificate = certified(office, public)
    token.keep(certificate, PIN, b"key-1")
    assert token.certificates() == [certificate]
    chosen = algorithms.SCHEMES[scheme]
    signature = token.sign(certificate, PIN, DATA, chosen)
    key = x509.load_der_x509_certificate(certificate).public_key()
    assert chosen.fits(key, signature, DATA) and not chosen.fits(key, signature, DATA + b".")


async def test_it_is_a_key_holder_like_any_other(office: Office, token: Token) -> None:
    certificate = certified(office, token.new_key(PIN, b"k"))
    token.keep(certificate, PIN, b"k")
    signature = await TokenKey(token, certificate, PIN).sign(DATA)
    scheme = algorithms.scheme_of_certificate(certificate)
    assert scheme.fits(x509.load_der_x509_certificate(certificate).public_key(), signature, DATA)
    assert PIN not in repr(TokenKey(token, certificate, PIN))


def test_the_private_key_cannot_be_taken_out(token: Token) -> None:
    token.new_key(PIN, b"k")
    with token.session(PIN) as session:
        key = session.get_key(ObjectClass.PRIVATE_KEY, id=b"k")
        with pytest.raises(pkcs11.PKCS11Error):
            key[Attribute.VALUE]


def test_a_new_key_shows_that_it_is_there(token: Token) -> None:
    public = token.new_key(PIN, b"k")
    proof = token.sign_by_name(b"k", PIN, b"I am here")
    assert algorithms.is_by(public, proof, b"I am here") and not algorithms.is_by(public, proof, b"I am not")
    with pytest.raises(Refused, match="key-unfit"):
        algorithms.is_by(b"no key", proof, b"I am here")


def test_what_is_wrong_is_told_and_nothing_is_signed(office: Office, token: Token) -> None:
    certificate = certified(office, token.new_key(PIN, b"k"))
    token.keep(certificate, PIN, b"k")
    scheme = algorithms.SCHEMES["ecdsa-sha256"]
    with pytest.raises(Refused, match="pin-wrong"):
        token.sign(certificate, "000000", DATA, scheme)
    with pytest.raises(Refused, match="token-other"):
        token.sign(office.holders["chair"].der, PIN, DATA, scheme)
    with pytest.raises(Unavailable, match="token-away"):
        Token(token.module, "none of that name").certificates()
    with pytest.raises(Unavailable, match="token-away"):
        Token("/nowhere/library.so").certificates()
    assert token.sign(certificate, PIN, DATA, scheme), "and it still works"


async def test_the_node_s_own_token_makes_keeps_and_signs(office: Office, token: Token, tmp_path: Path) -> None:
    (tmp_path / "pin").write_text(PIN + "\n")
    server = ServerToken(token.module, token.label, tmp_path / "pin")
    certificate = certified(office, await server.make(b"seal"))
    await server.keep(certificate, b"seal")
    signature = await server.key(certificate).sign(DATA)
    scheme = algorithms.scheme_of_certificate(certificate)
    assert scheme.fits(x509.load_der_x509_certificate(certificate).public_key(), signature, DATA)
    (tmp_path / "pin").unlink()
    with pytest.raises(Unavailable, match="token-away"):
        server.key(certificate)
