"""Where a key is kept; signatures that wait for it; what a holder asked of another authority; agents, pictures."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("certificates", sa.Column("kept", sa.Text(), nullable=False, server_default="file"))
    op.add_column("certificates", sa.Column("outside", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE certificates SET kept = 'nowhere' WHERE sealed_key IS NULL")
    for name, kind in (("about", sa.Text()), ("person", sa.Text()), ("field", sa.Text())):
        op.add_column("signing_steps", sa.Column(name, kind, nullable=False, server_default=""))
    op.add_column("signing_steps", sa.Column("ends", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("signing_steps", sa.Column("signature", sa.LargeBinary(), nullable=True))
    op.create_index("ix_signing_steps_about", "signing_steps", ["about"])
    op.create_index("ix_signing_steps_person", "signing_steps", ["person"])
    op.create_table(
        "certificate_requests",
        sa.Column("use", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=True),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("use", "holder"),
    )
    op.create_table(
        "signing_agents",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token"),
    )
    op.create_index("ix_signing_agents_person", "signing_agents", ["person"])
    op.create_table(
        "signing_agent_codes",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.id"]),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "signature_pictures",
        sa.Column("use", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("millimetres", sa.Integer(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("use", "holder"),
    )
