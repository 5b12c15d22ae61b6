"""The results of a run as one picture."""

from pathlib import Path
from statistics import fmean
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

COLOURS = ("#d55e00", "#1f3a5f", "#999999")


def plot(figures: dict[str, Any], path: Path) -> None:
    """Draw the seconds per submission: all three, and the last two by class size.

    Parameters
    ----------
    figures : dict
        The contents of results.json.
    path : Path
        The SVG file.
    """
    count = figures["submissions"]
    bars = {
        "stock nbgrader": figures["stock_seconds"],
        "ours": fmean(figures["ours_seconds"]),
        "floor": fmean(figures["floor_seconds"]),
    }
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "autograder", "font.size": 9}):
        figure = Figure(figsize=(8, 2.8), layout="constrained")
        left, right = figure.subplots(1, 2)
        shown = left.barh(list(bars), [seconds / count for seconds in bars.values()], color=COLOURS)
        left.bar_label(shown, fmt="%.3g s", padding=3)
        left.set(xscale="log", xlabel="seconds for each submission")
        left.margins(x=0.25)
        left.invert_yaxis()
        growth = figures["growth"]
        sizes = [point["size"] for point in growth]
        for name, key, colour in (("ours", "seconds", 1), ("floor", "floor_seconds", 2)):
            each = [1000 * point[key] / point["size"] for point in growth]
            right.plot(sizes, each, "o-", color=COLOURS[colour], label=name)
        right.legend(frameon=False)
        right.set(
            xscale="log", xlabel="submissions in the class", ylabel="ms for each", ylim=(0, None)
        )
        for axes in (left, right):
            axes.spines[["top", "right"]].set_visible(False)
        figure.savefig(path, metadata={"Date": None})
