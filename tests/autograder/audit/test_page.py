"""The audit's page: all of a certificate on it, as text that nobody's words can break."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from autograder.audit.page import page
from tests.autograder.support.certificate import certificate, mistake

IDENTITY = mistake("identity", advice="Multiply by the factor.", test_one={"output": "0"})
BOTH = replace(
    mistake("in_place", test_one={"input": "changed"}), fails={"test_one": ("test_a", "test_b")}
)
TITLES = {"test_one": "Scale"}
WHOLE = certificate(IDENTITY, BOTH, variants=("turned", "looped"))
HOSTILE = "</td><script>alert(1)</script><img src=x onerror='x'>&amp;"


class Reader(HTMLParser):
    """Collects tags, text, and the text of each row of a table."""

    def __init__(self):
        super().__init__()
        self.tags, self.attrs, self.text, self.rows, self.cell = [], [], "", [], False

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attrs.append(dict(attrs))
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")
            self.cell = True

    def handle_endtag(self, tag):
        self.cell = self.cell and tag not in {"td", "th"}

    def handle_data(self, data):
        self.text += data
        if self.cell:
            self.rows[-1][-1] += data


def read(*words):
    reader = Reader()
    reader.feed(page(*words, TITLES))
    reader.close()
    return reader


def rows(reader):
    """Return the cells that stand beside each row's first."""
    return {first: [" ".join(cell.split()) for cell in others] for first, *others in reader.rows}


def test_the_page_has_each_property():
    """With the number of mutants that break it, and of those that nothing else catches."""
    found = rows(read("tiny", WHOLE))
    assert found["test_a"] == ["2", "1"]
    assert found["test_b"] == ["1", "0"]


def test_the_page_has_each_mutant():
    """With what it loses, what it is named as, and what its author is told."""
    found = rows(read("tiny", certificate(IDENTITY, replace(BOTH, named={"test_one": ()}))))
    assert found["identity"] == ["Scale", "identity", "Multiply by the factor."]
    assert found["in_place"][:2] == ["Scale", "nothing"]


def test_the_page_has_the_notes():
    """Name, version, specimens, variants, and the properties and mutants worth a look."""
    text = " ".join(read("tiny", replace(WHOLE, version="abc", specimens="xyz")).text.split())
    assert "Audit of tiny" in text
    assert "2 mutants, 2 variants, version abc, specimens xyz." in text
    one = replace(WHOLE, mistakes=(IDENTITY,), variants=("turned",))
    assert "1 mutant, 1 variant, version v" in " ".join(read("tiny", one).text.split())
    assert "Variants: turned, looped." in text
    assert "Properties that no mutant needs: test_one: test_b." in text
    assert "Mutants not named as what they are: none." in text


def test_the_page_says_the_defects():
    """Each one, or that there is none."""
    defects = ("no mutant breaks test_one: test_b", "mutant odd has no advice for its author")
    text = read("tiny", replace(WHOLE, defects=defects)).text
    assert all(defect in text for defect in defects)
    assert "No defects" not in text
    assert "No defects" in read("tiny", WHOLE).text


def test_the_page_has_the_picture():
    """One drawing, with a label for each mutant and each property."""
    reader = read("tiny", WHOLE)
    assert reader.tags.count("svg") == 1
    picture = page("tiny", WHOLE, TITLES).partition("<svg")[2].partition("</svg>")[0]
    for label in ("identity", "in_place", "one: a", "one: b"):
        assert f">{label}</text>" in picture


def test_items_are_called_by_their_titles():
    """In headings and in the list of mutants."""
    assert "Scale" in read("tiny", WHOLE).text
    assert read("tiny", WHOLE).text.count("test_one") == 1  # in the notes: a property's full name


def test_who_hears_the_page_finds_the_way():
    """The picture has a name, its region can be scrolled by keys, and no head is empty."""
    reader = read("tiny", WHOLE)
    found = dict(zip(reader.tags, reader.attrs, strict=True))
    assert found["svg"]["role"] == "img"
    assert found["svg"]["aria-label"]
    [region] = [one for one in reader.attrs if one.get("role") == "region"]
    assert region["tabindex"] == "0"
    assert "main" in reader.tags
    assert all(row[0].strip() for row in reader.rows)


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        (HOSTILE, WHOLE),
        ("tiny", replace(WHOLE, defects=(HOSTILE,))),
        ("tiny", replace(WHOLE, variants=(HOSTILE,))),
        ("tiny", certificate(mistake("a", advice=HOSTILE, test_one={"output": "1"}))),
        ("tiny", certificate(mistake(HOSTILE, test_one={"output": "1"}))),
    ],
    ids=["name", "defect", "variant", "advice", "mutant"],
)
def test_the_page_escapes_what_it_is_given(name, whole):
    """Whatever stands in a certificate is shown as it is, and is no markup."""
    reader = read(name, whole)
    assert not {"script", "img"} & set(reader.tags)
    assert HOSTILE in reader.text


def test_the_same_certificate_is_the_same_page():
    """Neither a date nor a number drawn at random makes two pages differ."""
    assert page("tiny", WHOLE, TITLES) == page("tiny", replace(WHOLE), TITLES)
    assert page("tiny", WHOLE, TITLES) != page("tiny", replace(WHOLE, mistakes=(IDENTITY,)), TITLES)


@pytest.mark.parametrize(
    "bare",
    [certificate(), certificate(IDENTITY, properties={}), certificate(properties={})],
    ids=["no mutants", "no properties", "neither"],
)
def test_a_bare_certificate_has_a_page(bare):
    """A course that has just been begun can be looked at; there is nothing to draw."""
    reader = read("tiny", bare)
    assert "Audit of tiny" in reader.text
    assert "svg" not in reader.tags
