"""Reads the team of a submission from its team cell, with remarks on errors in it.

Points never depend on it. Students fill in the released table, or write something else there:
rows, lists, `key: value` lines or one line for each member, in Markdown or code.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from autograder.course.roster import key
from autograder.course.submission import Cell, Submission

NAME = "team"  # the cell's `grade_id`, if it has one; otherwise its heading identifies it
MOST = 3  # members
MAX_TEXT, MAX_LINES = 20_000, 200  # characters of a cell, and its lines
MAX_TITLE, MAX_FIELD = 40, 120  # characters
MAX_MEMBERS = 12  # to read
HEADING = re.compile(r"^[#*_\s]*(team|group|gruppe)\b", re.IGNORECASE)
TITLES = {
    "name": re.compile(r"(?:full |first |last )?name|member|mitglied", re.IGNORECASE),
    "number": re.compile(r"matr|student (?:id|number)|number|nummer", re.IGNORECASE),
    "email": re.compile(r"e-?mail|mail", re.IGNORECASE),
}
EMAIL = re.compile(r"[^\s@|,;<>()\[\]{}\"'`*]{1,64}@[^\s@|,;<>()\[\]{}\"'`*]{1,64}")
NUMBER = re.compile(r"[A-Za-z]{0,3}\d(?:[./ -]?\d){3,15}")
LINK = re.compile(r"\[([^\]\n]{0,200})\]\([^)\n]{0,200}\)")
PAIR = re.compile(r"^\W{0,10}([A-Za-z][A-Za-z. -]{2,25}?)['\"*_` ]{0,4}[:=]\s*(.*)$")
RULE = re.compile(r"[\s|:+=-]*")


@dataclass(frozen=True)
class Member:
    """A member as the team wrote it; missing values are empty."""

    name: str = ""
    number: str = ""
    email: str = ""
    line: int = field(default=0, compare=False)

    def __bool__(self) -> bool:
        return bool(self.name or self.number or self.email)


@dataclass(frozen=True)
class Team:
    """The students who handed in together.

    Parameters
    ----------
    members : tuple of Member
        Without unchanged placeholders.
    remarks : tuple of str
        For the student and the TA, without names and numbers.
    """

    members: tuple[Member, ...] = ()
    remarks: tuple[str, ...] = ()


def read_team(submitted: Submission, release: Submission) -> Team:
    """Return the team of a submission; empty if the release has no team cell."""
    asked = next((cell for cell in release.cells if _is_team(cell)), None)
    if asked is None:
        return Team()
    cell = _find(submitted, release, asked)
    if cell is None:
        return Team(remarks=("the team's table is missing: who handed in is known by the folder",))
    placeholders = _members(asked.source)
    instructions = {_words(line) for line in asked.source.splitlines() if "|" not in line}
    members = _members(cell.source, instructions)
    return _checked(members, placeholders)


def _is_team(cell: Cell) -> bool:
    return cell.grade_id == NAME or bool(
        cell.kind != "code" and HEADING.match(cell.source) and _header(cell.source)
    )


def _header(text: str) -> list[str]:
    """Return the meaning of each column of the first table; empty if there is no table."""
    for line in text[:MAX_TEXT].splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        kinds = [_kind(cell) for cell in cells]
        if "|" in line and len(set(kinds) - {""}) > 1 and not EMAIL.search(line):
            return kinds
    return []


def _kind(title: str) -> str:
    for kind in (
        "email",
        "number",
        "name",
    ):  # "member number" is a number
        if TITLES[kind].search(title) and len(title) < MAX_TITLE:
            return kind
    return ""


def _find(submitted: Submission, release: Submission, asked: Cell) -> Cell | None:
    """Return the team cell: of several, the last one that was filled in."""
    given = {cell.source.strip() for cell in release.cells} - {asked.source.strip()}
    known = {cell.grade_id for cell in release.cells} - {"", NAME}
    ours = [cell for cell in submitted.cells if cell.source.strip() not in given]
    named = [
        cell
        for cell in ours
        if cell.grade_id == NAME or _is_team(cell) or HEADING.match(_body(cell))
    ]
    headed = [cell for cell in ours if not cell.grade_id and _header(_body(cell))]
    # or a cell before the first one of the release
    first = next((n for n, c in enumerate(submitted.cells) if c.grade_id in known), 0)
    placed = [
        cell
        for cell in submitted.cells[:first]
        if cell in ours and not cell.grade_id and EMAIL.search(cell.source[:MAX_TEXT])
    ]
    for found in (named, headed, placed):
        filled = [cell for cell in found if cell.source.strip() != asked.source.strip()]
        if with_members := [cell for cell in filled if _members(cell.source)]:
            return with_members[-1]
    return named[-1] if named else None


def _body(cell: Cell) -> str:
    """Return a cell's text without the marks of a comment or string at its beginning."""
    return cell.source.lstrip("#\"' \n\r\t") if cell.kind == "code" else cell.source


def _members(text: str, instructions: set[str] | frozenset[str] = frozenset()) -> list[Member]:
    """Return the members in a text."""
    kinds = _header(text)
    found: list[Member] = []
    pending: dict[str, str] = {}
    for raw in text[:MAX_TEXT].splitlines()[:MAX_LINES]:
        line = _clean(raw)
        if not line or RULE.fullmatch(line) or _words(raw) in instructions:
            continue
        if HEADING.match(line) and not EMAIL.search(line):
            continue
        if "|" in line:
            if [_kind(c.strip()) for c in line.strip("| ").split("|")] == kinds and kinds:
                continue
            found.append(_row(line, kinds))
        elif (pair := PAIR.match(line)) and (kind := _kind(pair[1])) and "@" not in pair[1]:
            if len(re.findall(r"[:=]", line)) > 1:  # a whole member in one line
                found.append(_free(line))
                continue
            if kind in pending:
                found.append(_member(pending))
                pending = {}
            pending[kind] = _value(pair[2])
        elif EMAIL.search(line) or NUMBER.search(line):
            found.append(_free(line))
    if pending:
        found.append(_member(pending))
    return [m for m in found if m][:MAX_MEMBERS]


def _row(line: str, kinds: list[str]) -> Member:
    """Return the member in a table's row: by the form of the fields, then by their columns."""
    line = line.strip()
    line = line.removeprefix("|").removesuffix("|")
    cells = [_value(cell) for cell in line.split("|")]
    values: dict[str, str] = {}
    rest = []
    for n, cell in enumerate(cells):
        column = kinds[n] if n < len(kinds) else ""
        if EMAIL.search(cell) and "email" not in values:
            values["email"] = _email(cell)
            continue
        if NUMBER.fullmatch(cell) and "number" not in values:
            values["number"] = cell
            continue
        rest.append((column, cell))
    for column, cell in rest:
        if column and column not in values:
            values[column] = cell
        elif cell:
            free = next((k for k in ("name", "number", "email") if not values.get(k)), None)
            if free == "number" and not any(c.isdigit() for c in cell):
                free = None
            if free:
                values[free] = cell
            elif not any(c.isdigit() for c in cell):
                values["name"] = _value(f"{values['name']} {cell}")
    return _member(values)


def _free(line: str) -> Member:
    """Return the member in a line of any form: an address, a number, and the rest as name."""
    email = _email(line)
    rest = EMAIL.sub(" ", re.sub(r"^\w{1,40}\s*=\s*(?=[\[({])", "", line))
    number = NUMBER.search(rest)
    if number:
        rest = rest[: number.start()] + " " + rest[number.end() :]
    rest = re.sub(
        r"\b(?:full |first |last )?(?:name|matriculation number|matriculation|matr\w{0,20}|number"
        r"|e-?mail|mailto|member|mitglied)\b[\"']?\s*\d?\s*[:=.]?",
        " ",
        rest,
        flags=re.IGNORECASE,
    )
    parts = [part for part in re.split(r"[,;/|\t<>(){}\[\]:=\"]| [-–—] ", rest) if part.strip()]  # noqa: RUF001
    name = " ".join(_value(part) for part in parts)
    return Member(_value(name), number[0] if number else "", email)


def _member(values: dict[str, str], line: int = 0) -> Member:
    return Member(values.get("name", ""), values.get("number", ""), values.get("email", ""), line)


def _email(text: str) -> str:
    found = EMAIL.search(text)
    return found[0].removeprefix("mailto:").rstrip(".") if found else ""


def _clean(line: str) -> str:
    """Return a line without invisible characters, comment or list marks, and links."""
    line = LINK.sub(r"\1", unicodedata.normalize("NFC", line[:2000]))
    line = "".join(" " if c.isspace() else c for c in line if unicodedata.category(c) != "Cf")
    return re.sub(r"^\s*(?:[#>*+-]+\s+|#+|\d{1,2}[.)]\s+)*", "", line).strip()


def _value(text: str) -> str:
    """Return a field without markup around it, cut to `MAX_FIELD` characters."""
    text = re.sub(r"<[^>@\n]{0,40}>|\\(?=\W)", " ", text)
    return " ".join(text.split()).strip("*_`\"'~,;<>[]{}() ")[:MAX_FIELD]


def _words(line: str) -> str:
    return " ".join(re.findall(r"\w+", line.casefold()))


def _checked(members: list[Member], placeholders: list[Member]) -> Team:
    """Return the team without placeholders, with remarks on its lines."""
    remarks: list[str] = []
    values = {kind: {key(getattr(m, kind)) for m in placeholders} for kind in TITLES}
    kept: list[Member] = []
    untouched = []
    for number, member in enumerate(members, start=1):
        left = {kind for kind, known in values.items() if key(getattr(member, kind)) in known}
        written = {kind for kind in TITLES if getattr(member, kind)}
        if written <= left:
            untouched.append(str(number))
            continue
        parts = {kind: "" if kind in left else getattr(member, kind) for kind in TITLES}
        own = _member(parts, number)
        if same := _same(own, kept):
            remarks.append(f"team, line {number}: the same member as in line {same.line}")
            continue
        kept.append(own)
        remarks += _remarks(own, left & written)
    if untouched and not kept:
        remarks.append("the team's table still holds its placeholders: write your team there")
    elif untouched:
        which = ("line " if len(untouched) == 1 else "lines ") + ", ".join(untouched)
        remarks.append(f"team, {which}: still the placeholders, and not read")
    elif not kept:
        remarks.append(
            "the team's table names nobody that can be read: write one line for each member"
        )
    if len(kept) > MOST:
        remarks.append(f"a team must have one to {MOST} members, got {len(kept)}")
    return Team(tuple(kept), tuple(remarks))


def _same(member: Member, others: list[Member]) -> Member | None:
    for other in others:
        for kind in ("number", "email"):
            value = key(getattr(member, kind))
            if value and value == key(getattr(other, kind)):
                return other
    return None


def _remarks(member: Member, left: set[str]) -> list[str]:
    """Return a remark on the errors of a member, if there are any."""
    faults = []
    for kind, title in (("name", "name"), ("number", "matriculation number"), ("email", "e-mail")):
        value = getattr(member, kind)
        if kind in left:
            faults.append(f"the {title} is still the placeholder")
        elif not value:
            faults.append(f"the {title} is missing")
        elif kind == "number" and (
            not NUMBER.fullmatch(value) or not set(key(value)) & set("123456789")
        ):
            faults.append("the matriculation number should be one of 4 to 16 digits")
        elif kind == "email" and not _is_address(value):
            faults.append("the e-mail should be like name@university.edu")
    return [f"team, line {member.line}: {', '.join(faults)}"] if faults else []


def _is_address(text: str) -> bool:
    host = text.rpartition("@")[2]
    return bool(EMAIL.fullmatch(text)) and "." in host.strip(".")
