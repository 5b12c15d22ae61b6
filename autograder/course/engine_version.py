"""The version of the engine's own code, as far as a verdict depends on it."""

import hashlib
from functools import lru_cache
from pathlib import Path

import autograder

# by room, the engine's modules that a verdict depends on, beside those of the worker
MODULES = {
    "code": "cell_code magic normal_form stub",
    "course": "answer_file assignment engine_version limits manifest rubric submission",
    "grading": "graded grader server",
    "intake": "answer_choice decoding handed_in notebook_reader restoration skim",
    "kit": "expect finding masks oracle picture series step",
    "results": "criterion figure outcome points",
    "sandbox": "budget isolation progress request sandbox template view",
    "session": "pipeline proxy remote_object repetition session",
    "startup": "environment",
    "suites": "context fixtures loaded_suites result_collector suite",
}
JUDGING = [f"{room}.{name}" for room, names in MODULES.items() for name in names.split()]


@lru_cache(maxsize=1)
def engine_version() -> str:
    """Return a digest of the engine's code that a verdict depends on."""
    engine = Path(__file__).parents[1]
    digest = hashlib.sha256(autograder.__version__.encode())
    for path in [
        *(engine / f"{name.replace('.', '/')}.py" for name in JUDGING),
        *sorted(engine.glob("worker/*.py")),
    ]:
        digest.update(repr((path.name, path.read_bytes())).encode())
    return digest.hexdigest()[:8]
