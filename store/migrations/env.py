"""Alembic's entry: run the migrations on the connection, and in the transaction, that store/db.py hands over."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, transactional_ddl=True)
context.run_migrations()
