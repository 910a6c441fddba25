"""The records clerk's desk."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from documents.workshop import Workshop
from tests.kit.clerk import Desk
from tests.kit.committee import Committee


@pytest.fixture
async def desk(committee: Committee) -> AsyncIterator[Desk]:
    workshop = Workshop(workers=1)
    yield Desk(committee, workshop)
    await workshop.close()
