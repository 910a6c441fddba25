"""Fixtures shared by all tests. Every store test runs on every back end."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from meetings.house import House
from signing.tokens import Token
from store.blobs import Blobs, Keys, open_blobs
from store.bus import Bus, LocalBus, RedisBus, open_bus
from store.db import Database, open_database

from .kit import servers
from .kit import softhsm as soft_tokens
from .kit.committee import Committee, convene
from .kit.machine import Machine, paired
from .kit.node import Node, plant, running
from .kit.receiver import Receiver, receiving
from .kit.softhsm import PIN
from .kit.world import Fixed

SHARED = Path(__file__).resolve().parents[2] / "shared"


def absent(reason: str) -> None:
    """Skip with a plain reason; where CI demands the thing, fail instead."""
    if os.environ.get("TEST_NO_SKIP"):
        pytest.fail(f"CI may not skip: {reason}")
    pytest.skip(reason)


@pytest.fixture
def world() -> Fixed:
    return Fixed()


@pytest.fixture(scope="session")
def corpora() -> Path:
    folder = SHARED / "corpora"
    if not folder.is_dir():
        pytest.skip("the corpora folder is not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    try:
        with servers.postgres() as url:
            yield url
    except servers.Missing as error:
        absent(str(error))


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    try:
        with servers.redis() as (url, _process):
            yield url
    except servers.Missing as error:
        absent(str(error))


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    try:
        with servers.s3() as endpoint:
            yield endpoint
    except servers.Missing as error:
        absent(str(error))


async def new_postgres_database(server: str) -> str:
    """An empty database on the server; returns its URL."""
    name = f"t{uuid.uuid4().hex}"
    url = sa.make_url(server).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as conn:
        await conn.execute(sa.text(f"CREATE DATABASE {name}"))
    await engine.dispose()
    return sa.make_url(server).set(drivername="postgresql", database=name).render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/node.db"
    return asyncio.run(new_postgres_database(request.getfixturevalue("postgres_server")))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = await open_database(database_url)
    yield opened
    await opened.close()


@pytest.fixture(params=["local", "redis"])
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    opened = open_bus("local:" if request.param == "local" else request.getfixturevalue("redis_server"))
    if isinstance(opened, RedisBus):
        await asyncio.wait_for(opened.ready(), 10)
    yield opened
    await opened.close()


@pytest.fixture(params=["folder", "folder-sealed", "memory", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    if request.param == "memory":
        return open_blobs("memory:")
    if request.param == "s3":
        endpoint = request.getfixturevalue("s3_server")
        access = {"access_key_id": "testing", "secret_access_key": "testing", "region": "us-east-1"}
        return open_blobs(f"s3://papers/{uuid.uuid4().hex}", endpoint=endpoint, **access)
    keys = Keys({"00000001": bytes(range(32))}, "00000001") if request.param == "folder-sealed" else None
    return open_blobs(f"file://{tmp_path}/blobs", keys)


@pytest.fixture
async def house(database: Database, world: Fixed) -> House:
    """A node's shared things, on every SQL engine."""
    return House("node-1", database, open_blobs("memory:"), LocalBus(), world)


@pytest.fixture
async def committee(house: House) -> AsyncIterator[Committee]:
    made = await convene(house)
    yield made
    await made.rooms.close()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small installation, to be copied."""
    folder = tmp_path_factory.mktemp("installation")
    asyncio.run(plant(folder))
    return folder


@pytest.fixture
async def node(tmp_path: Path, template: Path) -> AsyncIterator[Node]:
    """A running node over a copy of it."""
    async with running(tmp_path / "data", template) as made:
        yield made


@pytest.fixture
async def receiver(tmp_path: Path) -> AsyncIterator[Receiver]:
    """What is told outside the house comes here."""
    async with receiving(tmp_path / "receiver") as made:
        yield made


@pytest.fixture(scope="session")
def softhsm(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The library of tokens in software."""
    try:
        return soft_tokens.prepare(tmp_path_factory)
    except LookupError as error:
        absent(str(error))
        raise


@pytest.fixture
def token(softhsm: str) -> Token:
    """A new one."""
    return soft_tokens.made(softhsm)


@pytest.fixture
async def machine(node: Node, token: Token) -> Machine:
    """The secretary's, with a key made in the token."""
    made = await paired(node, "secretary", token)
    await made.agent.make_key(PIN)
    return made
