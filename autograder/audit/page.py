"""The audit as one HTML page: properties against mutants as a picture, and all of it in tables."""

import io

import numpy as np
from matplotlib import rc_context
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from autograder.course.certificate import Certificate
from autograder.results.points import shown
from autograder.text.page import environment
from autograder.text.wording import counted_as

KEPT, HOLDS, FAILS, FAILS_ALONE = range(4)
COLOURS = ListedColormap(["#e8e8e8", "#ffffff", "#1f3a5f", "#d55e00"])
INCH = 0.16  # of a row or a column


def page(name: str, certificate: Certificate, titles: dict[str, str]) -> str:
    """Return the page of an assignment's audit.

    Parameters
    ----------
    name : str
        The assignment's name.
    certificate : Certificate
    titles : dict of str to str
        What each item is called, by its name.
    """
    columns = [(item, one) for item, names in certificate.properties.items() for one in names]
    return (
        environment()
        .get_template("audit.html")
        .render(
            name=name,
            certificate=certificate,
            counted_as=counted_as,
            shown=shown,
            titles=titles,
            picture=_picture(certificate, columns),
            breaks={
                (item, one): [m for m in certificate.mistakes if one in m.fails.get(item, ())]
                for item, one in columns
            },
            alone={
                (item, one): [m for m in certificate.mistakes if m.fails.get(item) == (one,)]
                for item, one in columns
            },
        )
    )


def _picture(certificate: Certificate, columns: list[tuple[str, str]]) -> str:
    """Return the matrix as SVG: a row for each mutant, a column for each property."""

    def colour(fails: tuple[str, ...] | None, one: str) -> int:
        if fails is None:
            return KEPT
        return HOLDS if one not in fails else FAILS if len(fails) > 1 else FAILS_ALONE

    matrix = np.array(
        [[colour(m.fails.get(item), one) for item, one in columns] for m in certificate.mistakes]
    ).reshape(len(certificate.mistakes), len(columns))
    if not matrix.size:
        return ""
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "audit", "font.size": 7}):
        figure = Figure(
            figsize=(INCH * len(columns) + 4, INCH * len(matrix) + 4), layout="constrained"
        )
        axes = figure.add_subplot()
        axes.imshow(matrix, cmap=COLOURS, vmin=KEPT, vmax=FAILS_ALONE, aspect="equal")
        axes.set_yticks(range(len(matrix)), [m.name for m in certificate.mistakes])
        labels = [
            f"{item.removeprefix('test_')}: {one.removeprefix('test_')}" for item, one in columns
        ]
        axes.set_xticks(range(len(columns)), labels, rotation=90)
        axes.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
        for edge in np.arange(0.5, len(matrix) - 1):
            axes.axhline(edge, color="#cccccc", linewidth=0.3)
        for edge in np.arange(0.5, len(columns) - 1):
            axes.axvline(edge, color="#cccccc", linewidth=0.3)
        text = io.StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(text, format="svg", metadata=nothing)
    svg = text.getvalue().partition("<svg")[2]
    return f'<svg role="img" aria-label="Matrix of properties and mutants" {svg}'
