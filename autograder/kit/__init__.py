"""The tools for writing hidden suites: `from autograder.kit import expect, together`.

- `expect`: checks of a student's answers, with messages for the student.
- `masks`: checks that the masks of a random layer are drawn by chance alone.
- `series`: checks that each call of a random layer draws a new mask.
- `oracle`: gradients by PyTorch, confirmed by a formula and by finite differences.
- `step`: a forward and a backward pass of a layer with a mask, and what is right for that mask.
- `together`: several calls of a student's code in one round trip to the worker.
- `repeat`, `take_turns`, `call_new`: many calls of one object, of some in turn, or of new objects.
- `change_in_place`: puts other numbers into an array that a student's object has.
- `Parts`: what an observation returns if its parts are facts of their own.
- `StudentError`: what a call raises if the student's code raised, or ended its worker.
"""

from autograder.kit.parts import Parts
from autograder.sandbox.sandbox import StudentError
from autograder.session.proxy import change_in_place, together
from autograder.session.repetition import call_new, repeat, take_turns

__all__ = [
    "Parts",
    "StudentError",
    "call_new",
    "change_in_place",
    "repeat",
    "take_turns",
    "together",
]
