"""Where a private key is held, and the one thing asked of it: a signature over some bytes.

A file key is PKCS#8 sealed under its holder's passphrase (PBES2, scrypt or PBKDF2 as `cryptography` chooses best);
the passphrase is needed for every signature and is kept nowhere. Tokens and remote holders answer the same question.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Protocol

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from store.errors import Refused

from .authority import HASH, Key

SHORTEST = 8


class KeyHolder(Protocol):
    """Digest in (as the bytes to be signed), signature out; it may take as long as a person needs."""

    async def sign(self, data: bytes) -> bytes: ...


def seal(key: Key, passphrase: str) -> bytes:
    """KEY under PASSPHRASE, PEM. Raises Refused `passphrase-short`."""
    if len(passphrase) < SHORTEST:
        raise Refused("passphrase-short", least=SHORTEST)
    sealing = serialization.BestAvailableEncryption(passphrase.encode())
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, sealing)


def unseal(sealed: bytes, passphrase: str) -> Key:
    """Raises Refused `passphrase-wrong`."""
    try:
        key = serialization.load_pem_private_key(sealed, passphrase.encode())
    except ValueError:
        raise Refused("passphrase-wrong") from None
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


@dataclass(frozen=True, slots=True)
class FileKey:
    """A sealed key with the passphrase that its holder has just given."""

    sealed: bytes
    passphrase: str

    async def sign(self, data: bytes) -> bytes:
        return await asyncio.to_thread(self._sign, data)

    def _sign(self, data: bytes) -> bytes:
        return unseal(self.sealed, self.passphrase).sign(data, ec.ECDSA(HASH))
