"""signing.checkpoint: a chain head signed by the node is genuine as it is, and with no field altered."""

from __future__ import annotations

import base64

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signing import checkpoint
from signing.checkpoint import Checkpoint
from store.chain import Head

from ..kit.authority import Office

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
HEAD = Head(12, "ab" * 32, 1_795_485_600_000)


def made() -> Checkpoint:
    return checkpoint.sign("sitting-1", HEAD, 1_795_485_600_123, KEY)


def test_a_checkpoint_names_its_head_and_key() -> None:
    found = made()
    assert (found.stream, found.seq, found.hash, found.at) == ("sitting-1", 12, "ab" * 32, 1_795_485_600_123)
    assert found.key == checkpoint.key_name(KEY.public_key())
    assert checkpoint.is_genuine(found)
    assert found == made()  # Ed25519 has no randomness: the same head gives the same checkpoint


def test_it_survives_the_wire() -> None:
    assert checkpoint.is_genuine(msgspec.json.decode(msgspec.json.encode(made()), type=Checkpoint))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("stream", "sitting-2"),
        ("stream", ""),
        ("seq", 11),
        ("seq", 13),
        ("hash", "ac" + "ab" * 31),
        ("hash", ""),
        ("at", 1_795_485_600_124),
        ("at", 0),
    ],
)
def test_an_altered_field_is_not_genuine(field: str, value: str | int) -> None:
    assert not checkpoint.is_genuine(msgspec.structs.replace(made(), **{field: value}))


def test_fields_cannot_be_moved_into_each_other() -> None:
    """What is signed is one canonical object, not a row of words laid end to end."""
    found = checkpoint.sign("s1", Head(2, "00"), 3, KEY)
    assert not checkpoint.is_genuine(msgspec.structs.replace(found, stream="s", seq=12))


@pytest.mark.parametrize("bad", ["", "A", "not base64!", "AAAA", base64.b64encode(bytes(64)).decode(), "đ" * 20])
def test_junk_is_not_genuine_and_raises_nothing(bad: str) -> None:
    assert not checkpoint.is_genuine(msgspec.structs.replace(made(), signature=bad))
    assert not checkpoint.is_genuine(msgspec.structs.replace(made(), key=bad))


def test_another_key_s_signature_is_not_this_key_s() -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    forged = checkpoint.sign("sitting-1", HEAD, 1_795_485_600_123, other)
    assert checkpoint.is_genuine(forged)  # whose key that is, the reader has to know
    assert forged.key != made().key
    assert not checkpoint.is_genuine(msgspec.structs.replace(forged, key=made().key))


def test_a_flipped_bit_anywhere_in_the_signature_is_noticed() -> None:
    raw = base64.b64decode(made().signature)
    for at in range(len(raw)):
        changed = bytearray(raw)
        changed[at] ^= 0x10
        bad = base64.b64encode(bytes(changed)).decode()
        assert not checkpoint.is_genuine(msgspec.structs.replace(made(), signature=bad)), at


def test_the_node_s_own_certificate_signs_them_too(office: Office) -> None:
    key = office.authority.node.key
    found = checkpoint.sign("sitting-1", HEAD, 1_795_485_600_123, key)
    assert checkpoint.is_genuine(found) and len(base64.b64decode(found.key)) == 91, "SubjectPublicKeyInfo of P-256"
    assert not checkpoint.is_genuine(msgspec.structs.replace(found, at=1))
    assert not checkpoint.is_genuine(msgspec.structs.replace(found, key=made().key))
    weak = checkpoint.key_name(rsa.generate_private_key(65537, 1024).public_key())
    assert not checkpoint.is_genuine(msgspec.structs.replace(found, key=weak))
