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
    throttle, a, b = passwords.Throttle(), passwords.Key("a", 3, 900), passwords.Key("b", 3, 2)
    waits = [0, 0, 0, 1, 2, 4, 8]
    now = 0
    for wait in waits:
        if wait:
            with pytest.raises(Refused) as caught:
                throttle.count(Instant(0, now), a)
            assert caught.value.params["seconds"] == wait
        now += 1000 * wait
        throttle.count(Instant(0, now), a)
    throttle.count(Instant(0, now), b)
    with pytest.raises(Refused):
        throttle.count(Instant(0, now), b, a)
    assert throttle.tries["b"][0] == 1  # a refused try is not counted
    throttle.forget(a)
    throttle.count(Instant(0, now), a)
    throttle.give_back(a)
    assert "a" not in throttle.tries
    for _ in range(40):
        now += 2000
        throttle.count(Instant(0, now), b)  # never more than two seconds
