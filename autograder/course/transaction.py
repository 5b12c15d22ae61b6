"""A transaction of the gradebook: all of several changes are made, or none."""

from collections.abc import Iterator
from contextlib import contextmanager

from nbgrader.api import Gradebook, InvalidEntry
from sqlalchemy.exc import OperationalError


@contextmanager
def transaction(gradebook: Gradebook) -> Iterator[None]:
    """Make one transaction of all changes to a gradebook in the `with` block.

    nbgrader's own methods commit at their end. In the block, the commit waits for the block's end;
    an error rolls everything back.

    Raises
    ------
    OperationalError
        If the gradebook cannot be written to.
    """
    gradebook.db.remove()
    with gradebook.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            # a locked file fails here: nbgrader's methods would report a wrong entry
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        gradebook.db.configure(
            bind=connection,
            join_transaction_mode="rollback_only",
            # the next method need not read again what one has read or written
            expire_on_commit=False,
        )
        try:
            yield
            gradebook.db.commit()  # writes pending changes to the connection
        except InvalidEntry as error:
            if isinstance(error.__context__, OperationalError):  # such as a full disk
                raise error.__context__ from error
            raise
        finally:
            gradebook.db.remove()
            gradebook.db.configure(
                bind=gradebook.engine,
                join_transaction_mode="conditional_savepoint",
                expire_on_commit=True,
            )
