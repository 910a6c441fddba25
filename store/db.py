"""The database: many readers, one writer, plain functions over a connection.

A use case is a plain function `def cast(conn, ...)`. `await db.write(cast, ...)` runs it in one transaction:
on SQLite in the one writer thread, on PostgreSQL by `run_sync` over asyncpg, retried when two transactions
collide. It returns only after the commit is on disk, so whatever it returns may be acknowledged.

SQLite runs WAL with synchronous=FULL: WAL with NORMAL loses acknowledged commits at power loss. The writer is
also the only connection that checkpoints: several on one WAL file can corrupt it in SQLite 3.7.0 to 3.51.2.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeAlias, TypeVar

import sqlalchemy as sa
from sqlalchemy import event as sa_event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError

from .errors import Unavailable

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

P = ParamSpec("P")
T = TypeVar("T")

# What use cases outside this tier are written with: they import no SQL library.
Connection = sa.Connection
Row: TypeAlias = sa.Row[Any]

metadata = sa.MetaData()  # every records.py adds its tables here; migrations/ makes them

READERS = 2
TRIES = 16  # of one transaction that PostgreSQL found in collision with another
MIGRATIONS = Path(__file__).parent / "migrations"
COLLISIONS = {"40001", "40P01", "23505"}  # serialization, deadlock, and a unique key that a twin took first


class Database(Protocol):
    """What the rest of the house knows of a database."""

    async def write(self, use: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T: ...

    async def read(self, use: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T: ...

    async def backup(self, target: Path) -> None: ...

    async def close(self) -> None: ...


def upsert(conn: sa.Connection, table: sa.Table, key: list[str], row: dict[str, Any]) -> None:
    """Insert ROW, or update the row that has the same KEY columns."""
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    statement = make(table).values(**row)
    rest = {name: statement.excluded[name] for name in row if name not in key}
    done = (
        statement.on_conflict_do_update(index_elements=key, set_=rest) if rest else statement.on_conflict_do_nothing()
    )
    conn.execute(done)


def by_code_point(conn: sa.Connection, column: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """COLUMN to be ordered as it is stored: PostgreSQL would otherwise sort made-up keys by its own language rules."""
    return column if conn.dialect.name == "sqlite" else sa.collate(column, "C")


def migrate(conn: sa.Connection) -> None:
    """Bring the schema to the newest revision, in the caller's transaction: all of it or nothing."""
    now, newest = revision(conn)
    if now == newest:
        return
    from alembic import command as alembic_command  # a quarter of a second to import, and most starts need none of it
    from alembic.config import Config as AlembicConfig

    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = conn
    alembic_command.upgrade(config, "head")


def revision(conn: sa.Connection) -> tuple[str | None, str | None]:
    """The schema's revision in this database, and the newest one the program knows (by its file's name)."""
    newest = max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))
    if not sa.inspect(conn).has_table("alembic_version"):
        return None, newest
    return conn.scalar(sa.text("SELECT version_num FROM alembic_version")), newest


class Sqlite:
    """The embedded default: one file, one writer thread, a few reading threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = _sqlite_engine(path, writer=True)
        self._reader = _sqlite_engine(path, writer=False)
        self._write_thread = ThreadPoolExecutor(1, "db-writer")
        self._read_threads = ThreadPoolExecutor(READERS, "db-reader")
        self._fenced = threading.Event()

    async def write(self, use: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(
            self._write_thread, lambda: self.write_now(use, *args, **kwargs)
        )

    def write_now(self, use: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same, blocking: for start-up and for the writer thread itself."""
        if self._fenced.is_set():
            raise Unavailable("store-fenced")
        try:
            with self._writer.begin() as conn:
                return use(conn, *args, **kwargs)
        except DBAPIError as error:
            raise self._judge(error) from error

    def _judge(self, error: DBAPIError) -> Exception:
        code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_IOERR:  # after a failed fsync nothing written is known to be there: stop writing
            self._fenced.set()
            return Unavailable("store-fenced")
        if code == sqlite3.SQLITE_FULL:
            return Unavailable("store-full")
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return Unavailable("store-busy")
        return error

    async def read(self, use: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        def run() -> T:
            with self._reader.connect() as conn:
                return use(conn, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._read_threads, run)

    async def backup(self, target: Path) -> None:
        """A consistent copy while running. In the writer thread, so that the writer stays the only checkpointer."""

        def run() -> None:
            with self._writer.connect() as conn, sqlite3.connect(target) as copy:
                raw = conn.connection.driver_connection
                assert isinstance(raw, sqlite3.Connection)
                raw.backup(copy)
            copy.close()

        await asyncio.get_running_loop().run_in_executor(self._write_thread, run)

    async def close(self) -> None:
        self._read_threads.shutdown()
        self._reader.dispose()
        self._write_thread.shutdown()
        self._writer.dispose()  # last: closing the last connection checkpoints, and only the writer may


def _sqlite_engine(path: Path, *, writer: bool) -> sa.Engine:
    pool: dict[str, Any] = {"pool_size": 1 if writer else READERS, "max_overflow": 0}
    engine = sa.create_engine(f"sqlite:///{path}", poolclass=sa.QueuePool, **pool)

    @sa_event.listens_for(engine, "connect")
    def _(raw: sqlite3.Connection, _record: object) -> None:
        raw.isolation_level = None  # Python's own implicit transactions leave read-then-write unprotected
        settings = ["journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000", "mmap_size=0"]
        settings += [] if writer else ["query_only=ON"]
        for setting in settings:
            raw.execute(f"PRAGMA {setting}")

    @sa_event.listens_for(engine, "begin")
    def _(conn: sa.Connection) -> None:
        conn.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")

    return engine


class Postgres:
    """The grown installation. Transactions are serializable and retried: what SQLite's single writer gives for free."""

    def __init__(self, url: str) -> None:
        from sqlalchemy.ext.asyncio import create_async_engine  # not needed by an embedded node

        self._engine: AsyncEngine = create_async_engine(
            url,
            isolation_level="SERIALIZABLE",
            pool_size=8,
            connect_args={"server_settings": {"application_name": "bacap"}},
        )

    async def write(self, use: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        for attempt in range(TRIES):
            try:
                async with self._engine.begin() as conn:
                    return await conn.run_sync(use, *args, **kwargs)
            except (OSError, TimeoutError) as error:  # no connection at all
                raise Unavailable("store-gone") from error
            except DBAPIError as error:
                state = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)
                last = attempt == TRIES - 1
                if state not in COLLISIONS or (last and isinstance(error, IntegrityError)):
                    raise _judge_postgres(error, state) from error
                await asyncio.sleep(min(0.3, 0.005 * 2**attempt) * random.uniform(0.5, 1))  # noqa: S311  (no two in step)
        raise Unavailable("store-busy")

    async def read(self, use: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            async with self._engine.connect() as conn:
                return await conn.run_sync(use, *args, **kwargs)
        except (OSError, TimeoutError) as error:
            raise Unavailable("store-gone") from error

    async def backup(self, target: Path) -> None:
        raise Unavailable("backup-by-postgres")

    async def close(self) -> None:
        await self._engine.dispose()


def _judge_postgres(error: DBAPIError, state: str | None) -> Exception:
    if state == "53100":
        return Unavailable("store-full")
    return Unavailable("store-gone") if error.connection_invalidated else error


async def open_database(url: str) -> Database:
    """Open `sqlite:///PATH` or `postgresql://...` and bring its schema up to date."""
    if url.startswith("sqlite:///"):
        database: Database = Sqlite(Path(url.removeprefix("sqlite:///")))
    elif url.startswith("postgresql://"):
        database = Postgres(url.replace("postgresql://", "postgresql+asyncpg://", 1))
    else:
        raise Unavailable("database-url")
    await database.write(migrate)
    return database
