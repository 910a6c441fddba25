"""The index of what can be found, on both databases: the same keys (documents/fold.py), the same answers, same order.

SQLite keeps the words of a page in an FTS5 table whose row number is the entry's and the page's; PostgreSQL in a
column of tsvector. Who may find an entry is a table, so that every count and every list asks it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from store.db import metadata, upsert
from store.journal import streams

from .entries import Entry, Kind

MOST_PAGES = 10_000  # of an entry; the first, 0, is what is said about it
page_texts = sa.Table(
    "page_texts",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("page", sa.Integer, primary_key=True),  # from 1; 0, without text: they are all there
    sa.Column("text", sa.Text, nullable=False),
)
entries = sa.Table(
    "search_entries",
    metadata,
    sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
    sa.Column("thing", sa.Text, nullable=False, unique=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("sitting", sa.Text, nullable=False, index=True),
    sa.Column("ref", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("day", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
)
readers = sa.Table(  # who may find it
    "search_readers",
    metadata,
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("entry", sa.Integer, sa.ForeignKey("search_entries.id"), primary_key=True),
    sa.Index("search_readers_entry", "entry"),
)
marks = sa.Table(  # how far a sitting's journal is in the index
    "search_marks",
    metadata,
    sa.Column("sitting", sa.Text, primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
)
# Made by migration 0009, each on its own database; row number: entry * MOST_PAGES + page.
words = sa.table("search_words", sa.column("rowid", sa.BigInteger), sa.column("words", sa.Text))
SIMPLE: sa.ColumnElement[Any] = sa.literal_column("'simple'::regconfig")  # no stemming, no stop words


class Hit(msgspec.Struct, frozen=True):
    """An entry that was found: on how many pages, and which is the first (0: in what is said about it)."""

    kind: Kind
    sitting: str
    ref: str
    title: str
    unit: str
    day: str
    sha256: str
    pages: int
    first: int
    about: str


class Asked(msgspec.Struct, frozen=True):
    """`phrases` of keys; dates as ISO days, "" for none; `kinds` empty: all."""

    phrases: list[list[str]]
    kinds: tuple[Kind, ...] = ()
    since: str = ""
    until: str = ""


def behind(conn: sa.Connection) -> list[str]:
    """Sittings whose journals have gone on since they were indexed."""
    query = sa.select(streams.c.id).outerjoin(marks, marks.c.sitting == streams.c.id)
    where = (streams.c.kind == "sitting") & (sa.func.coalesce(marks.c.seq, 0) < streams.c.head_seq)
    return list(conn.scalars(query.where(where).order_by(streams.c.id)))


def mark(conn: sa.Connection, sitting: str, seq: int) -> None:
    """Never back: another process may have come further."""
    upsert(conn, marks, ["sitting"], {"sitting": sitting, "seq": max(seq, _marked(conn, sitting))})


def _marked(conn: sa.Connection, sitting: str) -> int:
    return conn.scalar(sa.select(marks.c.seq).where(marks.c.sitting == sitting)) or 0


def known(conn: sa.Connection, sitting: str) -> dict[str, tuple[int, str]]:
    """Thing -> its number and digest, of what is indexed of a sitting."""
    query = sa.select(entries.c.thing, entries.c.id, entries.c.digest).where(entries.c.sitting == sitting)
    return {row.thing: (row.id, row.digest) for row in conn.execute(query)}


def put(conn: sa.Connection, entry: Entry) -> int:
    """An entry that nobody finds, unfinished until `finish`: its pages follow. Returns its number."""
    row = {
        "thing": entry.thing, "kind": entry.kind, "sitting": entry.sitting, "ref": entry.ref, "title": entry.title,
        "unit": entry.unit, "day": entry.day, "about": entry.about, "sha256": entry.sha256, "digest": "",
    }  # fmt: skip
    number: int | None = conn.scalar(sa.insert(entries).values(row).returning(entries.c.id))
    assert number is not None
    return number


def put_pages(conn: sa.Connection, number: int, first: int, keys: Sequence[str]) -> None:
    """The keys of pages, the first of which is FIRST (0: what is said about the entry)."""
    rows = [{"at": number * MOST_PAGES + page, "given": one} for page, one in enumerate(keys, first)]
    given: sa.ColumnElement[Any] = sa.bindparam("given", type_=sa.Text)
    made = given if conn.dialect.name == "sqlite" else sa.func.to_tsvector(SIMPLE, given)
    conn.execute(sa.insert(words).values(rowid=sa.bindparam("at"), words=made), rows)


def finish(conn: sa.Connection, number: int, digest: str, people: frozenset[str]) -> None:
    """All of it is in: PEOPLE find it."""
    conn.execute(entries.update().where(entries.c.id == number).values(digest=digest))
    address(conn, number, people)


def drop_words(conn: sa.Connection, number: int, most: int = 200) -> bool:
    """Some pages of an entry. False: there are none left."""
    low, high = number * MOST_PAGES, (number + 1) * MOST_PAGES
    some = sa.select(words.c.rowid).where(words.c.rowid >= low, words.c.rowid < high).limit(most)
    rows = list(conn.scalars(some))
    conn.execute(sa.delete(words).where(words.c.rowid.in_(rows)))
    return bool(rows)


def drop(conn: sa.Connection, number: int) -> None:
    """An entry whose pages are gone; and the text behind it, if nothing else is."""
    conn.execute(readers.delete().where(readers.c.entry == number))
    sha256 = conn.scalar(sa.select(entries.c.sha256).where(entries.c.id == number))
    conn.execute(entries.delete().where(entries.c.id == number))
    if sha256 and conn.scalar(sa.select(entries.c.id).where(entries.c.sha256 == sha256).limit(1)) is None:
        conn.execute(page_texts.delete().where(page_texts.c.sha256 == sha256))


def address(conn: sa.Connection, number: int, people: frozenset[str]) -> None:
    """These people find it, and nobody else."""
    held = set(conn.scalars(sa.select(readers.c.person).where(readers.c.entry == number)))
    if gone := held - people:
        conn.execute(readers.delete().where(readers.c.entry == number, readers.c.person.in_(sorted(gone))))
    if new := people - held:
        conn.execute(readers.insert(), [{"person": person, "entry": number} for person in sorted(new)])


def has_texts(conn: sa.Connection, sha256: str) -> bool:
    """All pages: page 0 stands for that."""
    where = (page_texts.c.sha256 == sha256) & (page_texts.c.page == 0)
    return conn.scalar(sa.select(page_texts.c.page).where(where)) is not None


def texts(conn: sa.Connection, sha256: str) -> list[str]:
    query = sa.select(page_texts.c.text).where(page_texts.c.sha256 == sha256, page_texts.c.page > 0)
    return list(conn.scalars(query.order_by(page_texts.c.page)))


def text_of(conn: sa.Connection, sha256: str, page: int) -> str:
    where = (page_texts.c.sha256 == sha256) & (page_texts.c.page == page)
    return conn.scalar(sa.select(page_texts.c.text).where(where)) or ""


def put_texts(conn: sa.Connection, sha256: str, first: int, found: Sequence[str]) -> None:
    """Texts of the pages from FIRST on; put twice, they are there once."""
    for page, text in enumerate(found, first):
        upsert(conn, page_texts, ["sha256", "page"], {"sha256": sha256, "page": page, "text": text})


def find(conn: sa.Connection, person: str, asked: Asked, limit: int, offset: int) -> tuple[list[Hit], int]:
    """What PERSON may find, and how many entries there are in all. First where it stands in what is said about the
    entry, then the latest."""
    hits = _hits(conn, asked.phrases)
    query = (
        sa.select(
            entries, sa.func.count().label("pages"), sa.func.min(hits.c.page).label("first"),
            sa.func.count().over().label("all"),
        )
        .select_from(hits.join(readers, readers.c.entry == hits.c.entry).join(entries, entries.c.id == hits.c.entry))
        .where(readers.c.person == person)
        .group_by(entries.c.id)
    )  # fmt: skip
    if asked.kinds:
        query = query.where(entries.c.kind.in_(asked.kinds))
    if asked.since:
        query = query.where(entries.c.day >= asked.since)
    if asked.until:
        query = query.where(entries.c.day <= asked.until)
    about = sa.case((sa.func.min(hits.c.page) == 0, 0), else_=1)
    found = conn.execute(query.order_by(about, entries.c.day.desc(), entries.c.thing).limit(limit).offset(offset)).all()
    rows = [Hit(*(getattr(row, name) for name in Hit.__struct_fields__)) for row in found]
    if rows or not offset:
        return rows, found[0].all if found else 0
    return [], find(conn, person, asked, 1, 0)[1]


def _hits(conn: sa.Connection, phrases: list[list[str]]) -> sa.Subquery:
    """(entry, page) of the pages on which every phrase stands. Keys are letters and digits: nothing of a query's own
    language can come through them."""
    if conn.dialect.name == "sqlite":
        match = " AND ".join('"' + " ".join(phrase) + '"' for phrase in phrases)
        where: Any = sa.literal_column("search_words").op("MATCH")(match)
    else:
        tsquery = " & ".join("(" + " <-> ".join(phrase) + ")" for phrase in phrases)
        where = words.c.words.op("@@")(sa.func.to_tsquery(SIMPLE, tsquery))
    entry, page = words.c.rowid // MOST_PAGES, words.c.rowid % MOST_PAGES
    return sa.select(entry.label("entry"), page.label("page")).select_from(words).where(where).subquery()
