"""One workshop for the tests of a file: its workers take a second to start."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from documents.actions import Papers
from documents.workshop import Workshop
from store.blobs import Blobs, open_blobs

from ..kit.authority import FONTS


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def workshop() -> AsyncIterator[Workshop]:
    made = Workshop(workers=1)
    yield made
    await made.close()


@pytest.fixture
def shelf() -> Blobs:
    """Where kept papers go."""
    return open_blobs("memory:")


@pytest.fixture
def papers(shelf: Blobs, workshop: Workshop) -> Papers:
    return Papers(shelf, workshop, FONTS)


@pytest.fixture
def attacks_folder(corpora: Path) -> Callable[[str], list[Path]]:
    return lambda name: sorted((corpora / "pdf" / name).iterdir())
