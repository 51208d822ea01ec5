"""What Alembic runs for every command: the migrations, on the connection that ``database.upgrade`` hands over."""

from alembic import context

from database.schema import Base
from database.upgrade import described

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_object=described,
    render_as_batch=True,  # SQLite can change a table only by making it anew
)
with context.begin_transaction():
    context.run_migrations()
