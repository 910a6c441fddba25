"""Whether a site of a coming sitting is rung and waited for."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("sitting_rooms", sa.Column("waited", sa.Boolean(), nullable=False, server_default=sa.false()))
