"""Small files that survive whole, files that are opened aside: store.files"""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from store.files import opening, write_durably


def test_a_file_is_replaced_whole_and_private_ones_are_private(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.key"
    write_durably(path, b"old", private=True)
    write_durably(path, b"new", private=True)
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["a.key"]  # nothing is left aside


async def test_who_is_cancelled_while_a_file_is_opened_leaves_none_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, opened, go = Path.open, [], threading.Event()

    def slowly(path: Path, mode: str) -> Any:
        go.wait(10)
        opened.append(real(path, mode))
        return opened[-1]

    monkeypatch.setattr(Path, "open", slowly)
    asked = asyncio.create_task(opening(tmp_path / "a", "wb"))
    await asyncio.sleep(0)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    go.set()
    for _ in range(1000):
        if opened and opened[0].closed:
            break
        await asyncio.sleep(0.01)
    assert opened[0].closed


async def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await opening(tmp_path / "none", "rb")
