"""Names a student's mistake: the known mistake that behaves in the same way on the same inputs."""

from collections.abc import Iterable, Sequence

from autograder.course.certificate import Behaviour, Mistake
from autograder.results.outcome import Diagnosis, Facts

TOGETHER = 3  # mistakes in one item at most: more of them can explain anything


def deviations(behaviour: Behaviour, reference: Behaviour) -> Behaviour:
    """Return the facts, by item, in which a behaviour differs from the reference's."""
    return {
        item: {name: fact for name, fact in facts.items() if reference[item].get(name) != fact}
        for item, facts in behaviour.items()
    }


def diagnose(mistakes: Sequence[Mistake], lost: Behaviour) -> dict[str, tuple[Diagnosis, ...]]:
    """Name the mistakes behind the lost items.

    Parameters
    ----------
    mistakes : sequence of Mistake
        The known ones.
    lost : Behaviour
        For each item that lost points, the facts in which it differs from the reference.

    Returns
    -------
    diagnoses : dict of str to tuple of Diagnosis
        By the item's name: one mistake, if it behaves like the item; several, if each is seen in
        full and together they explain all deviations; none otherwise.
    """
    return {
        item: tuple(
            Diagnosis(m.name, m.advice, m.fails.get(item, ()))
            for m in _behind(item, mistakes, lost)
        )
        for item in lost
    }


def _behind(item: str, mistakes: Sequence[Mistake], lost: Behaviour) -> list[Mistake]:
    seen = lost[item]
    shown = [m for m in mistakes if m.behaviour.get(item) and _shows(m, lost)]
    whole = [m for m in shown if m.behaviour[item] == seen]
    if whole:
        return [min(whole, key=lambda m: (-_explained(m, lost), m.name))]
    together = _cover(item, shown, seen)
    return together if len(together) <= TOGETHER else []


def _shows(mistake: Mistake, lost: Behaviour) -> bool:
    """Return whether all facts of a mistake are seen in each item that it affects.

    Its advice must be true for all of them.
    """
    return all(
        item in lost and facts.items() <= lost[item].items()
        for item, facts in mistake.behaviour.items()
    )


def _explained(mistake: Mistake, lost: Behaviour) -> int:
    """Return the number of items that a mistake explains in full."""
    return sum(mistake.behaviour.get(item) == seen for item, seen in lost.items())


def _cover(item: str, shown: Iterable[Mistake], seen: Facts) -> list[Mistake]:
    """Return few mistakes that together explain all that is seen; none if they cannot."""
    left, chosen = set(seen), []
    for mistake in sorted(shown, key=lambda m: (-len(m.behaviour[item]), m.name)):
        if left & mistake.behaviour[item].keys():
            chosen.append(mistake)
            left -= mistake.behaviour[item].keys()
    return [] if left else chosen
