"""Several changes of a gradebook as one: all of them are made, or none."""

from collections.abc import Iterator
from contextlib import contextmanager

from nbgrader.api import Gradebook, InvalidEntry
from sqlalchemy.exc import OperationalError


@contextmanager
def transaction(gradebook: Gradebook) -> Iterator[None]:
    """Make all that is done to a gradebook in the `with` block one transaction.

    nbgrader's own methods commit at their end: in here that waits for the end of the block, and is
    taken back if the block raises.

    Raises
    ------
    OperationalError
        If the gradebook cannot be written to.
    """
    gradebook.db.remove()
    with gradebook.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            # whether it is free shows here: nbgrader's methods would call it a wrong entry
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        gradebook.db.configure(
            bind=connection,
            join_transaction_mode="rollback_only",
            # what one of them has read or written, the next one need not read again
            expire_on_commit=False,
        )
        try:
            yield
            gradebook.db.commit()  # which here means to write to the connection what is pending
        except InvalidEntry as error:
            if isinstance(error.__context__, OperationalError):  # no room, for instance
                raise error.__context__ from error
            raise
        finally:
            gradebook.db.remove()
            gradebook.db.configure(
                bind=gradebook.engine,
                join_transaction_mode="conditional_savepoint",
                expire_on_commit=True,
            )
