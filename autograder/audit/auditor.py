"""The audit: proves an assignment's suites on its reference, its mutants and its variants.

Each is handed in and graded like a student's notebook. The result is the certificate.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cached_property
from itertools import cycle, zip_longest
from typing import TypeVar

from nbformat import NotebookNode

from autograder.audit.defects import defects_of_suites, faults_in, losses, other_criteria
from autograder.course.assignment import Assignment
from autograder.course.certificate import Behaviour, Certificate, Mistake, digest_of_specimens
from autograder.course.specimen import Specimen, mutants, variants
from autograder.course.submission import filled
from autograder.grading.diagnosis import deviations, diagnose
from autograder.grading.process import GradingProcess
from autograder.results.outcome import Examination, Score
from autograder.results.points import less, shown, with_unit

CHUNK = 20  # seeds in one request, when right solutions are repeated

T = TypeVar("T")
R = TypeVar("R")
Tick = Callable[[int, int], None]  # told the steps that are done, and those there are
Examined = list[tuple[Specimen, Examination]]


class Auditor:
    """An assignment with its specimens, and the processes that grade them.

    Parameters
    ----------
    assignment : Assignment
    jobs : int
        The number of processes.
    tick : callable
    chance : int
        For the random numbers of the specimens' own, while they are observed: the certificate does
        not depend on it, or an observation is at fault.
    """

    _processes: Iterator[GradingProcess] | None = None  # again and again, once they are started

    def __init__(self, assignment: Assignment, jobs: int, tick: Tick, chance: int = 0) -> None:
        self.assignment = assignment
        self.chance = chance
        self.jobs = jobs
        self.tick = tick
        self._own = threading.local()  # with the thread's process
        self._assigning = threading.Lock()

    @cached_property
    def mutants(self) -> list[Specimen]:
        """The wrong solutions."""
        return mutants(self.assignment)

    @cached_property
    def variants(self) -> list[Specimen]:
        """The right solutions besides the reference."""
        return variants(self.assignment)

    @cached_property
    def items(self) -> dict[str, set[str]]:
        """The items of each solution cell: those that its mutants lose."""
        found: dict[str, set[str]] = {}
        for specimen in self.mutants:
            found.setdefault(specimen.grade_id, set()).update(specimen.loses)
        for specimen in self.variants:  # of a cell without mutants nothing is known: all items
            if not found.get(specimen.grade_id):
                found[specimen.grade_id] = {item.name for item in self.assignment.items}
        return found

    def audit(self) -> Certificate:
        """Grade everything once."""
        self._start()
        groups = [*self._grouped(self.mutants), *self._grouped(self.variants)]
        every = [item.name for item in self.assignment.items]
        reference, unsolved, *examinations = self._map(
            self._examine,
            [
                (self.assignment.reference, every, True),
                ({}, every, False),
                *((*self._answers(group), False) for group in groups),
            ],
        )
        examined = [
            (specimen, examination)
            for group, examination in zip(groups, examinations, strict=True)
            for specimen in group
        ]
        examined.sort(key=lambda pair: pair[0].name)
        return self._certificate(reference, unsolved, examined)

    def repeat(self, certificate: Certificate, times: int, only: str = "*") -> list[str]:
        """Grade the specimens whose names match with other seeds.

        Returns
        -------
        differences : list of str
            Where a variant does not have full marks, or a mutant not the points it had in the
            audit, in words.
        """
        groups = [
            group
            for specimens in (self.mutants, self.variants)
            for group in self._grouped([s for s in specimens if fnmatchcase(s.name, only)])
        ]
        chunks = [range(start, min(start + CHUNK, times)) for start in range(0, times, CHUNK)]
        work = [(group, seeds) for group in groups for seeds in chunks]
        costs = {mistake.name: mistake.costs for mistake in certificate.mistakes}
        return [
            difference
            for (group, seeds), scores in zip(work, self._map(self._repeat, work), strict=True)
            for specimen in group
            for difference in self._differences(
                specimen, costs.get(specimen.name, {}), seeds, scores
            )
        ]

    def _differences(
        self,
        specimen: Specimen,
        costs: Mapping[str, float],
        seeds: range,
        scores: list[dict[str, Score]],
    ) -> Iterator[str]:
        """Yield where a specimen does not lose its costs, by item, with some seed."""
        own = self.items.get(specimen.grade_id, set())
        for seed, found in zip(seeds, scores, strict=True):
            for item in self.assignment.items:
                expected = less(item.points, costs.get(item.name, 0.0))
                if item.name in own and found[item.name].points != expected:
                    points, causes = found[item.name]
                    yield (
                        f"{specimen.name} with seed {seed}: {item.name}: {shown(points)} instead "
                        f"of {with_unit(expected)}: {'; '.join(causes) or 'all properties pass'}"
                    )

    def _grouped(self, specimens: list[Specimen]) -> list[tuple[Specimen, ...]]:
        """Put one specimen into each solution cell at a time, if cells share no item."""
        if len(set().union(*self.items.values())) < sum(map(len, self.items.values())):
            return [(specimen,) for specimen in specimens]
        cells: dict[str, list[Specimen]] = {}
        for specimen in specimens:
            cells.setdefault(specimen.grade_id, []).append(specimen)
        return [tuple(filter(None, group)) for group in zip_longest(*cells.values())]

    def _map(self, do: Callable[[T], R], work: list[T]) -> list[R]:
        self._start()
        results = []
        with ThreadPoolExecutor(self.jobs) as pool:
            for result in pool.map(do, work):
                results.append(result)
                self.tick(len(results), len(work))
        return results

    def _start(self) -> None:
        """Start the processes, unless it is done: they load PyTorch while this one goes on."""
        if self._processes is None:
            first, *others = GradingProcess.start(self.jobs)
            first.begin(self.assignment, self.jobs)
            self._processes = cycle([first, *others])

    def _process(self) -> GradingProcess:
        """Return the grading process of this thread."""
        assert self._processes is not None
        with self._assigning:
            if not hasattr(self._own, "process"):
                self._own.process = next(self._processes)
        process: GradingProcess = self._own.process
        return process

    def _examine(self, work: tuple[Mapping[str, str], list[str], bool]) -> Examination:
        answers, names, whole = work
        return self._process().examine(
            self.assignment, self._notebook(answers), names, whole=whole, chance=self.chance
        )

    def _repeat(self, work: tuple[tuple[Specimen, ...], range]) -> list[dict[str, Score]]:
        group, seeds = work
        answers, names = self._answers(group)
        return self._process().repeat(self.assignment, self._notebook(answers), names, seeds)

    def _answers(self, group: tuple[Specimen, ...]) -> tuple[dict[str, str], list[str]]:
        """Return the reference's answers with specimens in their cells, and these cells' items."""
        answers = self.assignment.reference | {s.grade_id: s.source for s in group}
        names = set().union(*(self.items.get(s.grade_id, set()) for s in group))
        return answers, sorted(names)

    def _notebook(self, answers: Mapping[str, str]) -> NotebookNode:
        """Return the released notebook with these answers."""
        return filled(self.assignment.release, answers)

    def _certificate(
        self, reference: Examination, unsolved: Examination, examined: Examined
    ) -> Certificate:
        wrong = [(s, self._own_items(s, e)) for s, e in examined if s in self.mutants]
        right = [(s, self._own_items(s, e)) for s, e in examined if s in self.variants]
        mistakes = [_mistake(specimen, e, reference.facts) for specimen, e in wrong]
        certificate = Certificate(
            version=self.assignment.suites_version,
            outcomes=self.assignment.outcomes_version,
            specimens=digest_of_specimens(self.assignment),
            properties={
                item.name: tuple(result.name for result in item.properties)
                for item in reference.items
            },
            rubric={item.name: item.shares for item in self.assignment.items},
            reference=reference.facts,
            mistakes=tuple(
                replace(mistake, named=_named(mistake, mistakes)) for mistake in mistakes
            ),
            variants=tuple(specimen.name for specimen, _ in right),
            defects=(),
        )
        defects = [
            f"a suite broke: {fault}"
            for fault in faults_in(reference, unsolved, *(e for _, e in examined))
        ]
        defects += losses("the reference", reference.items, ())
        defects += [
            f"the unsolved release gets {item.points} points in {item.name}"
            for item in unsolved.items
            if item.points
        ]
        for kind, specimens in (("mutant", wrong), ("variant", right)):
            for specimen, e in specimens:
                if kind == "mutant" and not specimen.loses:
                    continue  # which is a defect by itself
                who = f"{kind} {specimen.name}"
                defects += [
                    *losses(who, e.items, specimen.loses),
                    *other_criteria(specimen, e.items),
                ]
        return replace(certificate, defects=(*defects, *defects_of_suites(certificate)))

    def _own_items(self, specimen: Specimen, examination: Examination) -> Examination:
        """Leave out the items of other solution cells."""
        own = self.items.get(specimen.grade_id, set())
        return Examination(
            [item for item in examination.items if item.name in own],
            {name: facts for name, facts in examination.facts.items() if name in own},
            examination.faults,
        )


def _mistake(specimen: Specimen, examination: Examination, reference: Behaviour) -> Mistake:
    items = [item for item in examination.items if item.name in specimen.loses]
    # one that survives has not been observed
    lost = {item.name: examination.facts.get(item.name, {}) for item in items}
    return Mistake(
        specimen.name,
        specimen.advice,
        {item.name: item.lost for item in items},
        {item.name: less(item.max_points, item.points or 0.0) for item in items},
        {item.name: item.fails for item in items},
        deviations(lost, reference),
        {},
    )


def _named(mistake: Mistake, mistakes: list[Mistake]) -> dict[str, tuple[str, ...]]:
    """Return, by item, which mistakes are named when a student makes this one."""
    found = diagnose(mistakes, mistake.behaviour)
    return {item: tuple(one.mistake for one in named) for item, named in found.items()}
