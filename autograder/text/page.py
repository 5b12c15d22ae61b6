"""The one jinja2 environment in which all pages are made."""

from typing import Any

import jinja2


def environment(**more: Any) -> jinja2.Environment:
    """Return an environment that escapes every text, and fails at a name it does not know.

    Parameters
    ----------
    **more
        Options of jinja2's.
    """
    return jinja2.Environment(
        loader=jinja2.PackageLoader("autograder"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        **more,
    )
