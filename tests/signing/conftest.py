"""One office and one set of signed minutes for all tests of `signing`; they are never changed, only copied."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from signing.model import Field

from ..kit.authority import NOW, Office, minutes

LATER = NOW + timedelta(minutes=5)  # when evidence is gathered: newer than the signatures


@pytest.fixture(scope="session")
def office() -> Office:
    return Office()


@pytest.fixture(scope="session")
def laid() -> bytes:
    """Minutes with their three fields, and a fourth that nobody is to sign."""
    return minutes(more=[Field("extra", 1, (20, 20, 70, 70))])


@pytest.fixture(scope="session")
def archived(office: Office, laid: bytes) -> bytes:
    """Signed by three, with evidence and an archive timestamp."""
    return office.archived(laid, LATER)


@pytest.fixture
def later() -> datetime:
    return LATER


@pytest.fixture(scope="session")
def two(office: Office, laid: bytes) -> bytes:
    """Signed by secretary and chair; the seal is still to come."""
    return office.signed(laid, ("secretary", "chair"))


@pytest.fixture(scope="session")
def signed(office: Office, laid: bytes) -> bytes:
    """Signed by secretary, chair and seal."""
    return office.signed(laid)
