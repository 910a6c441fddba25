"""Opinion ballots outside a sitting."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "opinions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["streams.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_opinions_unit"), "opinions", ["unit"], unique=False)
    op.create_table(
        "opinion_voters",
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["opinion"], ["opinions.id"]),
        sa.PrimaryKeyConstraint("opinion", "person"),
    )
    op.create_index("opinion_voters_person", "opinion_voters", ["person"], unique=False)
