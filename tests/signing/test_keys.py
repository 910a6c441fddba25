"""signing.keys: a key under its holder's passphrase, which opens for that passphrase and nothing else."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from signing import authority, keys
from store.errors import Refused

PASSPHRASE = "mật khẩu đủ dài"


def test_what_is_sealed_opens_again() -> None:
    key = authority.new_key()
    sealed = keys.seal(key, PASSPHRASE)
    assert keys.unseal(sealed, PASSPHRASE).private_numbers() == key.private_numbers()
    assert sealed.startswith(keys.MARK)
    assert keys.seal(key, PASSPHRASE) != sealed  # salted anew each time


@pytest.mark.parametrize("wrong", ["", "mật khẩu", PASSPHRASE + " ", PASSPHRASE.upper(), "x" * 500])
def test_a_wrong_passphrase_is_refused(wrong: str) -> None:
    sealed = keys.seal(authority.new_key(), PASSPHRASE)
    with pytest.raises(Refused) as refusal:
        keys.unseal(sealed, wrong)
    assert refusal.value.code == "passphrase-wrong"


@pytest.mark.parametrize("short", ["", "1234567", "ngắn"])
def test_a_short_passphrase_seals_nothing(short: str) -> None:
    with pytest.raises(Refused) as refusal:
        keys.seal(authority.new_key(), short)
    assert refusal.value.code == "passphrase-short"
    assert refusal.value.params == {"least": keys.SHORTEST}


def test_the_shortest_that_will_do() -> None:
    assert keys.unseal(keys.seal(authority.new_key(), "12345678"), "12345678")


def test_a_damaged_seal_does_not_open() -> None:
    sealed = bytearray(keys.seal(authority.new_key(), PASSPHRASE))
    middle = len(sealed) // 2
    sealed[middle] = ord("A") if sealed[middle] != ord("A") else ord("B")
    with pytest.raises(Refused):
        keys.unseal(bytes(sealed), PASSPHRASE)


async def test_a_file_key_signs_what_it_is_given() -> None:
    key = authority.new_key()
    holder: keys.KeyHolder = keys.FileKey(keys.seal(key, PASSPHRASE), PASSPHRASE)
    signature = await holder.sign(b"attributes")
    key.public_key().verify(signature, b"attributes", ec.ECDSA(hashes.SHA256()))
    with pytest.raises(InvalidSignature):
        key.public_key().verify(signature, b"other attributes", ec.ECDSA(hashes.SHA256()))
    with pytest.raises(Refused):
        await keys.FileKey(keys.seal(key, PASSPHRASE), "another passphrase").sign(b"attributes")
