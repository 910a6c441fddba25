"""Chain heads signed by the node, to be kept by others: a journal rewritten and hashed anew no longer fits them. Pure.

Ed25519 over canonical bytes. Whoever holds one checkpoint can tell (store/chain.py, `known`).
"""

from __future__ import annotations

import base64

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from store import chain
from store.chain import Head
from store.errors import Malformed

PREFIX = b"bacap.checkpoint.v1\n"


class Checkpoint(msgspec.Struct, frozen=True):
    """`signature` and `key` (the node's public key) are base64."""

    stream: str
    seq: int
    hash: str
    at: int  # UTC milliseconds
    key: str
    signature: str


def _bytes(stream: str, head: Head, at: int) -> bytes:
    return PREFIX + chain.canonical({"stream": stream, "seq": head.seq, "hash": head.hash, "at": at})


def key_name(key: Ed25519PublicKey) -> str:
    return base64.b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def sign(stream: str, head: Head, at: int, key: Ed25519PrivateKey) -> Checkpoint:
    signature = base64.b64encode(key.sign(_bytes(stream, head, at))).decode()
    return Checkpoint(stream, head.seq, head.hash, at, key_name(key.public_key()), signature)


def is_genuine(checkpoint: Checkpoint) -> bool:
    """Does the signature fit the content and the key it names? Whose key that is, the reader has to know."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(checkpoint.key, validate=True))
        head = Head(checkpoint.seq, checkpoint.hash)
        key.verify(
            base64.b64decode(checkpoint.signature, validate=True), _bytes(checkpoint.stream, head, checkpoint.at)
        )
    except (ValueError, InvalidSignature, Malformed):
        return False
    return True
