"""The rooms of the engine: each says in its docstring which names others may use."""

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import PROJECT

ENGINE = PROJECT / "autograder"
ROOMS = sorted(path.parent.name for path in ENGINE.glob("*/__init__.py"))
NAMED = re.compile(r"\"autograder\.(\w+)\.(\w+)\.(\w+)\"")
LINE = re.compile(r"^- `(\w+)`: (.+?)(?=^- |\Z)", re.MULTILINE | re.DOTALL)


@cache
def used_from_outside():
    """Return which names of each room's modules are used by other rooms, nbgrader and the demo."""
    found = defaultdict(set)
    for room, module, name in NAMED.findall((ENGINE / "adopt" / "extension.py").read_text()):
        found[room, module].add(name)
    others = [*PROJECT.glob("bench/*.py"), *PROJECT.glob("demo/*.py")]
    for path in [*ENGINE.rglob("*.py"), *others, PROJECT / "nbgrader_config.py"]:
        tree = ast.parse(path.read_text())
        attributes = {
            (node.value.id, node.attr)
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        }
        room = path.relative_to(ENGINE).parts[0] if path.is_relative_to(ENGINE) else ""
        for node in ast.walk(tree):
            if not isinstance(node, ast.ImportFrom) or not node.module:
                continue
            package, *where = node.module.split(".")
            if package != "autograder" or not where or where[0] == room:
                continue
            for alias in node.names:
                if len(where) == 1:  # a module, whose names are its attributes
                    local = alias.asname or alias.name
                    found[where[0], alias.name] |= {n for of, n in attributes if of == local}
                else:
                    found[where[0], where[1]].add(alias.name)
    return found


@pytest.mark.parametrize("room", [room for room in ROOMS if room not in ("commands", "kit")])
def test_a_room_lists_what_others_may_use(room):
    """And nobody outside imports another name; a name that nobody imports is not listed."""
    text = ast.get_docstring(ast.parse((ENGINE / room / "__init__.py").read_text()))
    listed = {module: {*re.findall(r"`(\w+)`", names)} for module, names in LINE.findall(text)}
    used = {
        module: names for (where, module), names in used_from_outside().items() if where == room
    }
    assert {m: used.get(m, set()) - names for m, names in listed.items()} == {
        m: set() for m in listed
    }
    assert {*used} - {*listed} == set()
    extra = {m: names - used.get(m, set()) for m, names in listed.items()}
    assert {m: names for m, names in extra.items() if names} == {}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_begins_with_one_sentence(room):
    """It says what the room is for."""
    text = ast.get_docstring(ast.parse((ENGINE / room / "__init__.py").read_text()))
    first = text.split("\n\n")[0]
    assert first.endswith((".", ":")) or "`" in first
    assert len(first) > len(room) + 20


def test_each_test_of_the_engine_lies_in_the_room_of_its_module():
    """`tests/autograder/<room>/test_<module>.py`: the two trees match name for name."""
    for path in Path(PROJECT / "tests" / "autograder").glob("*/test_*.py"):
        room, name = path.parent.name, path.stem.removeprefix("test_")
        modules = [one.stem for one in (ENGINE / room).glob("*.py")]
        assert any(name == m or name.startswith(f"{m}_") for m in modules), path
