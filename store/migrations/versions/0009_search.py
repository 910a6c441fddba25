"""What can be found, and by whom."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "page_texts",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", "page"),
    )
    op.create_table(
        "search_entries",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("thing", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sitting", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("thing"),
    )
    op.create_index(op.f("ix_search_entries_sitting"), "search_entries", ["sitting"], unique=False)
    op.create_table(
        "search_readers",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["search_entries.id"]),
        sa.PrimaryKeyConstraint("person", "entry"),
    )
    op.create_index("search_readers_entry", "search_readers", ["entry"], unique=False)
    op.create_table(
        "search_marks",
        sa.Column("sitting", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sitting"),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE search_words USING fts5(words, tokenize = 'ascii')")
    else:
        op.execute("CREATE TABLE search_words (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)")
        op.execute("CREATE INDEX search_words_words ON search_words USING gin (words)")
