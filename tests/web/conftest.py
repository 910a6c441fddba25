"""A running node for each test of the edge: a copy of one small installation. tests.kit.node"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.kit.node import Node, plant, running


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installation")
    asyncio.run(plant(folder))
    return folder


@pytest.fixture
async def node(tmp_path: Path, template: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "data", template) as made:
        yield made
