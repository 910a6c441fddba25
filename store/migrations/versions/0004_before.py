"""Before the sitting: the register of all kinds of numbers, addresses for letters, notices, what units name."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "register",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("thing", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("void", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("unit", "year", "kind", "number"),
    )
    op.create_index("register_thing", "register", ["thing", "kind"], unique=False)
    op.execute(
        "INSERT INTO register (unit, year, kind, number, symbol, day, thing, about, void) "
        "SELECT n.unit, n.year, n.kind, n.number, n.kind, '', n.sitting, s.title, '' "
        "FROM numbers n JOIN sittings s ON s.id = n.sitting"
    )
    op.drop_table("numbers")
    op.add_column("people", sa.Column("email", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "notices",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("sitting", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("notices_person", "notices", ["person", "at"], unique=False)
    op.create_table(
        "sitting_convened",
        sa.Column("thing", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["thing"], ["sittings.id"]),
        sa.PrimaryKeyConstraint("thing", "unit"),
    )
    op.create_index("sitting_convened_unit", "sitting_convened", ["unit"], unique=False)
    op.create_table(
        "agenda_templates",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("unit", "id"),
    )
