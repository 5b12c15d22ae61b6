"""The pictures: one for each set of points, in the page's own colour, and in words as well."""

import re

import pytest
from defusedxml import ElementTree

from autograder.class_report.item_analysis import Distribution
from autograder.class_report.plot import histogram

POINTS = Distribution.of([0.0, 2.9, 3.0, 3.0], 3.0)


def test_a_picture_says_its_numbers_in_words():
    """For who cannot see it: title, and how many lie where."""
    svg = histogram(POINTS, 3.0, "Points, total")
    root = ElementTree.fromstring(svg)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == "Points, total. 1 from 0 to 0.25, 3 from 2.75 to 3 points."
    assert "Nobody has points yet." in histogram(Distribution.of([], 3.0), 3.0, "")


def test_each_bar_has_its_number():
    """The counts stand above the bars, as text."""
    texts = [
        e.text
        for e in ElementTree.fromstring(histogram(POINTS, 3.0, "")).iter()
        if e.tag.endswith("text")
    ]
    assert {"1", "3", "points of 3 (dashed: the mean)", "submissions"} <= set(texts)


def test_its_ink_is_the_colour_of_the_pages_text():
    """So it can be read in dark mode; its ground is the page's."""
    svg = histogram(POINTS, 3.0, "")
    assert "currentColor" in svg
    assert "#010203" not in svg
    assert not re.search(r"fill: ?(#fff|white)", svg)


def test_pictures_of_one_page_do_not_share_names():
    """What one of them refers to is its own, and nothing else has a name."""
    one, other = (histogram(POINTS, 3.0, title) for title in ("one", "other"))
    ids = [set(re.findall(r' id="([^"]+)"', svg)) for svg in (one, other)]
    used = [set(re.findall(r'(?:href="|url\()#([^")]+)', svg)) for svg in (one, other)]
    assert ids == used
    assert ids[0]
    assert not ids[0] & ids[1]


def test_a_picture_loads_nothing_and_styles_nothing_else():
    """It stands in the page: a style of its own would be the whole page's."""
    svg = histogram(POINTS, 3.0, "")
    assert "<style" not in svg
    assert not re.search(r"(href|src)=\"(?!#)", svg)


def test_the_same_numbers_are_the_same_picture():
    """Neither a date nor a number drawn at random is in it."""
    assert histogram(POINTS, 3.0, "x") == histogram(POINTS, 3.0, "x")


@pytest.mark.parametrize("title", ['"><script>', "$\\frac{", "ü & ⋮"])
def test_any_title_is_text(title):
    """It neither ends the picture nor is read as a formula."""
    label = ElementTree.fromstring(histogram(POINTS, 3.0, title)).attrib["aria-label"]
    assert label.startswith(title)
