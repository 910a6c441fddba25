"""Where a private key is held, and the one thing asked of it: a signature over some bytes.

A file key is PKCS#8 sealed by AES-256-GCM under its holder's passphrase, which scrypt (64 MiB a guess) makes slow to
guess; the passphrase is needed for every signature and is kept nowhere. Tokens and remote holders answer the same.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from store.errors import Refused, Unavailable

from . import algorithms
from .algorithms import Private

if TYPE_CHECKING:
    from .tokens import Token

SHORTEST = 8
MARK = b"bacap.key.v1"


class KeyHolder(Protocol):
    """Digest in (as the bytes to be signed), signature out; it may take as long as a person needs."""

    async def sign(self, data: bytes) -> bytes: ...


def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt, 32, n=2**16, r=8, p=1).derive(passphrase.encode()))


def seal(key: Private, passphrase: str) -> bytes:
    """KEY under PASSPHRASE. Raises Refused `passphrase-short`."""
    if len(passphrase) < SHORTEST:
        raise Refused("passphrase-short", least=SHORTEST)
    plain = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    salt, nonce = os.urandom(16), os.urandom(12)
    return MARK + salt + nonce + _cipher(passphrase, salt).encrypt(nonce, plain, MARK)


def unseal(sealed: bytes, passphrase: str) -> Private:
    """Raises Refused `passphrase-wrong`."""
    at = len(MARK)
    salt, nonce = sealed[at : at + 16], sealed[at + 16 : at + 28]
    try:
        plain = _cipher(passphrase, salt).decrypt(nonce, sealed[at + 28 :], MARK)
    except InvalidTag:
        raise Refused("passphrase-wrong") from None
    key = serialization.load_der_private_key(plain, None)
    assert isinstance(key, Private)
    return key


@dataclass(frozen=True, slots=True)
class ServerToken:
    """The token or HSM beside this node, for seals: the maker's library, the token's label in it ("" for the only one),
    and the file that holds its PIN."""

    module: str
    label: str
    pin_file: Path

    def _token(self) -> Token:
        from .tokens import Token  # brings a library of C in that most nodes have no use for

        return Token(self.module, self.label)

    def _pin(self) -> str:
        """Raises Unavailable `token-away`."""
        try:
            return self.pin_file.read_text().strip()
        except (OSError, ValueError) as error:
            raise Unavailable("token-away", reason="pin_file") from error

    async def make(self, name: bytes) -> bytes:
        """A key made in the token under NAME; its public key, DER."""
        return await asyncio.to_thread(self._token().new_key, self._pin(), name)

    async def keep(self, certificate: bytes, name: bytes) -> None:
        await asyncio.to_thread(self._token().keep, certificate, self._pin(), name)

    def key(self, certificate: bytes) -> KeyHolder:
        from .tokens import TokenKey

        return TokenKey(self._token(), certificate, self._pin())


@dataclass(frozen=True, slots=True)
class FileKey:
    """A sealed key with the passphrase that its holder has just given."""

    sealed: bytes
    passphrase: str
    scheme: str = ""

    async def sign(self, data: bytes) -> bytes:
        return await asyncio.to_thread(self._sign, data)

    def _sign(self, data: bytes) -> bytes:
        key = unseal(self.sealed, self.passphrase)
        return algorithms.scheme_of(key.public_key(), self.scheme).sign(key, data)
