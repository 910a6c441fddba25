"""Work that goes on, whatever goes wrong, and ends when it is told to. store.background"""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from store import background


async def test_what_goes_wrong_once_does_not_stop_it(caplog: pytest.LogCaptureFixture) -> None:
    tries, thrice = 0, asyncio.Event()

    async def act() -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise ValueError("once")
        if tries == 3:
            thrice.set()

    task = asyncio.create_task(background.repeat(act, 0.001, "the test's work"))
    await thrice.wait()
    await background.end(task)
    assert task.cancelled() and "the test's work" in caplog.text


async def test_it_ends_though_a_cancel_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "AGAIN_S", 0.01)

    async def deaf() -> None:
        for _ in range(2):
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(60)
        await asyncio.sleep(60)

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    await background.end(task)
    assert task.cancelled()
    await background.end(task)
    await background.end(None)
