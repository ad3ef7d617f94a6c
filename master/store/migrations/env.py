"""Runs revisions on the connection that it is given (``config.attributes["connection"]``)."""

from alembic import context

from master.store.tables import metadata


def run() -> None:
    """Run all missing revisions in the transaction of the caller."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        render_as_batch=True,
        transactional_ddl=False,  # the caller's transaction holds all of them
    )
    context.run_migrations()


run()
