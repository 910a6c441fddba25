"""When people are to be reminded; a unit that forwards a call may have people to name as well."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("sittings", sa.Column("remind_at", sa.BigInteger(), nullable=False, server_default="0"))
    op.drop_index("sitting_convened_unit", "sitting_convened")
    op.rename_table("sitting_convened", "sitting_convened_before")
    op.create_table(
        "sitting_convened",
        sa.Column("thing", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["thing"], ["sittings.id"]),
        sa.PrimaryKeyConstraint("thing", "unit", "step", name="sitting_convened_steps"),
    )
    op.execute("INSERT INTO sitting_convened (thing, unit, step) SELECT thing, unit, step FROM sitting_convened_before")
    op.drop_table("sitting_convened_before")
    op.create_index("sitting_convened_unit", "sitting_convened", ["unit"], unique=False)
