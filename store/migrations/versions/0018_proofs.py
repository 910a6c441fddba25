"""Signed minutes, and how long what they hold proves them."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "minutes_proofs",
        sa.Column("sitting", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["sitting"], ["sittings.id"]),
        sa.PrimaryKeyConstraint("sitting"),
    )
    op.create_index("ix_minutes_proofs_until", "minutes_proofs", ["until"])
