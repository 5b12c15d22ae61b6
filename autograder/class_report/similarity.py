"""Finds answers that are alike beyond what many students write."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, product

import numpy as np
from rapidfuzz import fuzz, process
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from autograder.code.normal_form import normal_form, tokens

NEAR_IDENTICAL = 85  # percent of the tokens
RARE = 16.0  # bits, such as four lines that one in sixteen writes
UNSEEN = 20  # authors besides the class, so that not every line of a small class is rare
MAX_TOKENS = 4000  # of an answer
CHUNK = 256  # answers compared with all others at a time
FIRST_SIGN = 0x4E00  # tokens become characters from here on; surrogates are far away
LAST_SIGN = 0xD7FF


@dataclass(frozen=True)
class Answer:
    """The text of one solution cell.

    Parameters
    ----------
    student : str
    text : str
        As the student wrote it.
    author : str
        The student or the team. Answers of one author are never reported as alike.
    """

    student: str
    text: str
    author: str


@dataclass(frozen=True)
class Alike:
    """Answers to one solution cell that are alike.

    Parameters
    ----------
    cell : str
        The `grade_id`.
    students : tuple of str
        Whose answers they are.
    shown : tuple of Answer
        The two, by different authors, that have most in common.
    percent : int
        How much of these two is the same, apart from names, comments and layout.
    lines : int
        How many lines of their own these two share.
    only_here : int
        How many of these lines nobody else has.
    bits : float
        How rare the shared lines are in the class.
    """

    cell: str
    students: tuple[str, ...]
    shown: tuple[Answer, Answer]
    percent: int
    lines: int
    only_here: int
    bits: float


Tick = Callable[[int, int], None]


def alike(
    cell: str, stub: str, answers: Sequence[Answer], tick: Tick = lambda done, total: None
) -> list[Alike]:
    """Return the groups of similar answers to a solution cell, the most striking first.

    Two answers are alike if `NEAR_IDENTICAL` percent of the tokens of their normal form are the
    same in the same order (normalised insert and delete distance), and if what they share is rare:
    each shared line of n authors counts log2((N + 20) / n) bits, N being the authors of the class,
    and they need 16 bits. So neither the stub nor lines that many write count.

    Parameters
    ----------
    cell : str
        The `grade_id`.
    stub : str
        The cell as released.
    answers : sequence of Answer
    tick : callable
        Takes how many texts are compared, and of how many.
    """
    texts = _texts(stub, answers)
    authors: dict[str, set[str]] = defaultdict(set)
    for text in texts:
        for line in text.distinct:
            authors[line] |= text.authors
    everybody = len({answer.author for text in texts for answer in text.answers})
    bits = {line: math.log2((everybody + UNSEEN) / len(whose)) for line, whose in authors.items()}

    def rarity(lines: frozenset[str]) -> float:
        # in one order, so that the same class has the same sum to the last bit
        return math.fsum(bits[line] for line in lines)

    rare = [text for text in texts if rarity(text.distinct) >= RARE]
    links = [
        _Link(first, second, percent, rarity(first.distinct & second.distinct))
        for first, second, percent in _near(rare, tick)
        if len(first.authors | second.authors) > 1
    ]
    links = [link for link in links if link.bits >= RARE]
    found = [_told(cell, group, authors) for group in _groups(links)]
    return sorted(found, key=lambda one: (-one.bits, one.students))


@dataclass(eq=False)
class _Text:
    """A text in normal form, and the answers that are the same in normal form."""

    lines: tuple[str, ...]
    answers: list[Answer] = field(default_factory=list)

    @cached_property
    def distinct(self) -> frozenset[str]:
        return frozenset(self.lines)

    @cached_property
    def authors(self) -> frozenset[str]:
        return frozenset(answer.author for answer in self.answers)


@dataclass(frozen=True)
class _Link:
    first: _Text
    second: _Text
    percent: int
    bits: float


def _texts(stub: str, answers: Sequence[Answer]) -> list[_Text]:
    """Return the normal forms of all answers that are more than the stub."""
    found: dict[tuple[str, ...], _Text] = {}
    for answer in answers:
        if answer.text.strip() not in ("", stub.strip()) and (
            lines := normal_form(answer.text, stub)
        ):
            found.setdefault(lines, _Text(lines)).answers.append(answer)
    return list(found.values())


def _near(texts: list[_Text], tick: Tick) -> Iterator[tuple[_Text, _Text, int]]:
    """Yield each pair of similar texts, and each text with itself."""
    for text in texts:
        yield text, text, 100
    signs = _signs(texts)
    for start in range(0, len(texts), CHUNK):
        chunk = signs[start : start + CHUNK]
        # a chunk of rows against all that follow: memory grows with the class, not its square
        percents = process.cdist(
            chunk,
            signs[start:],
            scorer=fuzz.ratio,
            processor=None,
            score_cutoff=NEAR_IDENTICAL,
            dtype=np.uint8,
            workers=-1,
        )
        for row, column in np.argwhere(np.triu(percents, 1)):
            yield texts[start + row], texts[start + column], int(percents[row, column])
        tick(min(start + CHUNK, len(texts)), len(texts))


def _signs(texts: list[_Text]) -> list[str]:
    """Return each text as a string with one character for each token: fast to compare."""
    known: dict[str, int] = {}
    span = LAST_SIGN - FIRST_SIGN
    return [
        "".join(
            chr(FIRST_SIGN + known.setdefault(token, len(known)) % span)
            for token in tokens(text.lines)[:MAX_TOKENS]
        )
        for text in texts
    ]


def _groups(links: list[_Link]) -> list[list[_Link]]:
    """Return the links in groups: texts that are linked, even through others, form a group."""
    ends = [(id(link.first), id(link.second)) for link in links]
    number = {text: n for n, text in enumerate(dict.fromkeys(chain.from_iterable(ends)))}
    pairs = np.array([[number[text] for text in pair] for pair in ends], int).reshape(-1, 2)
    graph = coo_array((np.ones(len(pairs)), tuple(pairs.T)), (len(number), len(number)))
    _, label = connected_components(graph, directed=False)
    groups: dict[int, list[_Link]] = defaultdict(list)
    for link, (first, _) in zip(links, pairs, strict=True):
        groups[label[first]].append(link)
    return list(groups.values())


def _told(cell: str, group: list[_Link], authors: dict[str, set[str]]) -> Alike:
    best = max(group, key=lambda link: (link.bits, link.percent, *_names(link)))
    members = {
        answer.student: answer.author
        for link in group
        for text in (link.first, link.second)
        for answer in text.answers
    }
    pairs = product(*(sorted(t.answers, key=_student) for t in (best.first, best.second)))
    shown = next((one, other) for one, other in pairs if one.author != other.author)
    shared = best.first.distinct & best.second.distinct
    return Alike(
        cell=cell,
        students=tuple(sorted(members)),
        shown=shown,
        percent=best.percent,
        lines=len(shared),
        only_here=sum(authors[line] <= set(members.values()) for line in shared),
        bits=best.bits,
    )


def _names(link: _Link) -> tuple[str, str]:
    return link.first.answers[0].student, link.second.answers[0].student


def _student(answer: Answer) -> str:
    return answer.student
