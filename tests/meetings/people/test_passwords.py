"""meetings.people.passwords: hashes, codes and the throttle."""

from __future__ import annotations

import pytest

from meetings.people import passwords
from store.errors import Refused
from store.world import Instant


async def test_a_hash_fits_its_password_only() -> None:
    hashed = await passwords.hash_password("đường về nhà")
    assert await passwords.verify_password(hashed, "đường về nhà")
    assert not await passwords.verify_password(hashed, "đường về nha")
    assert not await passwords.verify_password(None, "đường về nhà")
    assert not await passwords.verify_password("not a hash", "đường về nhà")


def test_the_wait_doubles_and_ends() -> None:
    throttle = passwords.Throttle()
    for _ in range(passwords.FREE_TRIES + 2):
        throttle.failed(Instant(0, 0), "a")
    with pytest.raises(Refused) as caught:
        throttle.check(Instant(0, 1000), "a")
    assert caught.value.params["seconds"] == 3
    throttle.check(Instant(0, 4000), "a")
    throttle.check(Instant(0, 0), "b")
    throttle.passed("a")
    throttle.check(Instant(0, 0), "a")
