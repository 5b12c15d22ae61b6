"""The same submission gets the same points and the same words, whenever and beside whomever."""

import json
import random

from autograder.course.submission import filled
from autograder.grading.process import GradingProcess
from autograder.results.account import item_html

DROPOUT = """\
import os, random, secrets, time

class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        self.p = p

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            return h
        self.mask = DRAWN
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output)
"""
DRAWN = {  # each wrong, so that there are words and numbers to differ in
    "entropy": (
        "(np.random.default_rng().random(h.shape) < self.p)"
        " ^ np.array([[secrets.randbelow(10) < 7 for _ in row] for row in h])"
        " ^ (np.frombuffer(os.urandom(h.size), 'u1').reshape(h.shape) > 100)"
    ),
    "clock": "np.random.RandomState(int(time.time() * 1000) % 2**32).rand(*h.shape) > self.p",
    "memory": "np.empty(h.shape) * np.random.rand(*h.shape) if h.size % 2 else object()",
}
TIMES = 4


def test_any_order_and_any_process_give_the_same(assignment, grading_process):
    """Each is graded again and again, in any order, and the last time in a new process."""
    notebooks = {
        name: filled(assignment.release, {"dropout": DROPOUT.replace("DRAWN", drawn)})
        for name, drawn in DRAWN.items()
    }
    seen = {name: set() for name in notebooks}
    for turn in range(TIMES):
        process = grading_process if turn < TIMES - 1 else GradingProcess()
        order = random.Random(turn).sample(sorted(notebooks), len(notebooks))  # noqa: S311  # no secrets
        for name in order:
            report = process.grade_notebook(assignment, notebooks[name])
            pages = [item_html(report, item.name) for item in report.items]
            seen[name].add(json.dumps([report.to_dict(), pages]))
    assert {name: len(accounts) for name, accounts in seen.items()} == dict.fromkeys(seen, 1)
