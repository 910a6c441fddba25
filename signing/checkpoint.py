"""Chain heads signed by the node, to be kept by others: a journal rewritten and hashed anew no longer fits them. Pure.

By the key of the node's certificate (authority.py) over canonical bytes, as all that the node says; Ed25519 before it
had one. Whoever holds one checkpoint can tell (store/chain.py, `known`).
"""

from __future__ import annotations

import base64

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from store import chain
from store.chain import Head
from store.errors import Malformed, Refused

from . import algorithms
from .algorithms import Private, Public

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


def key_name(key: Public) -> str:
    """A public key as SubjectPublicKeyInfo; of Ed25519, which came before, its 32 bytes."""
    if isinstance(key, Ed25519PublicKey):
        return base64.b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
    return base64.b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def sign(stream: str, head: Head, at: int, key: Private) -> Checkpoint:
    made = algorithms.scheme_of(key.public_key()).sign(key, _bytes(stream, head, at))
    name = key_name(key.public_key())
    return Checkpoint(stream, head.seq, head.hash, at, name, base64.b64encode(made).decode())


def is_genuine(checkpoint: Checkpoint) -> bool:
    """Does the signature fit the content and the key it names? Whose key that is, the reader has to know."""
    try:
        name = base64.b64decode(checkpoint.key, validate=True)
        key = Ed25519PublicKey.from_public_bytes(name) if len(name) == 32 else load_der_public_key(name)
        signature = base64.b64decode(checkpoint.signature, validate=True)
        data = _bytes(checkpoint.stream, Head(checkpoint.seq, checkpoint.hash), checkpoint.at)
        return algorithms.scheme_of(key).fits(key, signature, data)
    except (ValueError, TypeError, UnsupportedAlgorithm, Malformed, Refused):
        return False
