"""store.locks: one at a time for each key, and no key is kept for ever."""

from __future__ import annotations

import asyncio

import pytest

from store.locks import Locks


async def test_one_at_a_time_for_each_key_and_others_go_on() -> None:
    locks, going, most = Locks(), {"a": 0, "b": 0}, {"a": 0, "b": 0}
    together = 0

    async def work(key: str) -> None:
        nonlocal together
        async with locks.held(key):
            going[key] += 1
            most[key] = max(most[key], going[key])
            together = max(together, sum(going.values()))
            await asyncio.sleep(0.01)
            going[key] -= 1

    await asyncio.gather(*(work(key) for key in "abab"))
    assert most == {"a": 1, "b": 1} and together == 2


async def test_a_key_is_forgotten_and_a_fault_frees_it() -> None:
    locks = Locks()
    with pytest.raises(ValueError, match="no"):
        async with locks.held("a"):
            assert len(locks._known) == 1
            raise ValueError("no")
    assert len(locks._known) == 0
    async with asyncio.timeout(1), locks.held("a"):
        pass
