"""Run by Alembic: carries the migrations out on the connection it is given, in that one's transaction."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from api.log.tables import metadata

connection: Connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata)
context.run_migrations()
