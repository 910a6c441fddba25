"""Of a code on paper: the text that was printed, and whether it is void."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("check_codes", sa.Column("digest", sa.Text(), nullable=False, server_default=""))
    op.add_column("check_codes", sa.Column("void", sa.Boolean(), nullable=False, server_default=sa.false()))
