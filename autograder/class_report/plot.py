"""Draws the distribution of points as an SVG in the colour of the page's text."""

import io
import re
from html import escape
from itertools import pairwise
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from autograder.class_report.item_analysis import Distribution
from autograder.results.points import shown

INK = "#010203"  # replaced by the colour of the page's text
BAR = "#0072b2"
MEAN = "#d55e00"
WIDTH, HEIGHT = 4.2, 2.2  # inches: as wide as a phone, so that its text is as large as the page's
STYLE = re.compile(r"<style.*?</style>", re.DOTALL)  # which would be the whole page's
REFERENCE = re.compile(r"""(?:href="|url\()#([\w.-]+)""")
ID = re.compile(r' id="([\w.-]+)"')


def histogram(distribution: Distribution, maximum: float, title: str) -> str:
    """Draw the points of a class.

    Parameters
    ----------
    distribution : Distribution
    maximum : float
        The most points, without extra credit.
    title : str
        Read aloud to those who cannot see it, before the numbers in words.

    Returns
    -------
    svg : str
        An element for an HTML page, the same for the same numbers. It loads nothing.
    """
    edges, counts = distribution.edges, distribution.counts
    settings: Any = {
        "svg.fonttype": "none",
        "svg.hashsalt": title,  # ids within the picture, unique on the page
        "font.size": 9,
        "font.family": "sans-serif",
        **dict.fromkeys(
            ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), INK
        ),
    }
    with rc_context(settings):
        figure = Figure(figsize=(WIDTH, HEIGHT), layout="constrained")
        axes = figure.add_subplot()
        widths = [0.92 * (high - low) for low, high in pairwise(edges)]
        bars = axes.bar(edges[:-1], counts, widths, align="edge", color=BAR)
        axes.bar_label(bars, [str(count) if count else "" for count in counts], padding=1)
        if distribution.mean is not None:
            axes.axvline(distribution.mean, color=MEAN, linestyle="--", linewidth=1.2)
        axes.set(xlabel=f"points of {shown(maximum)} (dashed: the mean)", ylabel="submissions")
        axes.margins(y=0.15)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.spines[["top", "right"]].set_visible(False)
        text = io.StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(text, format="svg", transparent=True, metadata=nothing)
    svg = STYLE.sub("", text.getvalue().partition("<svg")[2].strip())
    used = set(REFERENCE.findall(svg))
    # all pictures of a page would have the same ids
    svg = ID.sub(lambda match: match[0] if match[1] in used else "", svg)
    label = escape(f"{title}. {_in_words(distribution)}")
    return f'<svg role="img" aria-label="{label}" {svg.replace(INK, "currentColor")}'


def _in_words(distribution: Distribution) -> str:
    bins = zip(pairwise(distribution.edges), distribution.counts, strict=True)
    counts = [f"{count} from {shown(low)} to {shown(high)}" for (low, high), count in bins if count]
    return f"{', '.join(counts)} points." if counts else "Nobody has points yet."
