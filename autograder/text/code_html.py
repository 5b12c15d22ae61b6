"""Makes the HTML of a cell's code in the Formgrader: nbconvert's own, within the page's limits."""

import re
from typing import Any

from jinja2 import pass_context
from nbconvert.filters import Highlight2HTML
from nbformat import NotebookNode
from traitlets.config import LoggingConfigurable

from autograder.text.plain_text import visible
from autograder.text.sanitizer import BUDGET, LONGEST_PLAIN, Made, load
from autograder.text.time_budget import TimeBudget

USUAL = "ipython3"
LANGUAGE = re.compile(r"[\w+#.-]{1,40}")  # a name; nbconvert makes a class of it, or several


@pass_context
class CodeToHtml(LoggingConfigurable):
    """Highlights code; code that is too long, or takes too long, is shown without colours."""

    def __init__(self, **kw: Any) -> None:
        super().__init__(**kw)
        load()

    def __call__(
        self,
        context: Any,
        source: str,
        language: str | None = None,  # nbconvert's filter takes it
        metadata: dict[str, Any] | None = None,
    ) -> str:
        """Return the HTML.

        Parameters
        ----------
        context : jinja2 context
            Of the page; it holds the notebook.
        source : str
        language : str, optional
            Not used: the notebook and its magics name the language.
        metadata : dict, optional
            Of the cell.
        """
        if isinstance(source, Made):
            return source
        budget: TimeBudget = context["resources"].setdefault(BUDGET, TimeBudget())
        name = _language(context["nb"], metadata or {})

        def make(text: str) -> str:
            return Highlight2HTML(pygments_lexer=name, parent=self.parent)(text)

        return budget.render(visible(source), make, longest_plain=LONGEST_PLAIN)


def _language(notebook: NotebookNode, metadata: dict[str, Any]) -> str:
    known = notebook.metadata.get("language_info", {})
    named = metadata.get("magics_language"), known.get("pygments_lexer"), known.get("name")
    fitting = (name for name in named if isinstance(name, str) and LANGUAGE.fullmatch(name))
    return next(fitting, USUAL)
