"""Run migrations for Alembic, on the connection of ``database.upgrade``."""

from alembic import context

from database.schema import Base
from database.upgrade import include_object

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_object=include_object,
    render_as_batch=True,  # SQLite can change a table only by making it anew
)
with context.begin_transaction():
    context.run_migrations()
