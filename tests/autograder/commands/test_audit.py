"""`autograder audit`: its output, its certificate, and its exit codes."""

import os
import re
import shutil
from dataclasses import replace

import pytest
from click.testing import CliRunner

from autograder import cli
from autograder.adopt.module_form import ModuleForm
from autograder.commands import audit as audit_module
from autograder.course.certificate import certificate_of, path_of
from tests.autograder.support.certificate import certificate, mistake
from tests.autograder.support.tiny import MUTANTS, OBSERVED, VARIANTS, add_rubric, make_course

FOUND = certificate(
    mistake("zeros", test_one={"output": "0"}),
    replace(
        mistake("ones", test_one={"output": "1"}),
        loses={"test_one": ("drops", "scales")},
        costs={"test_one": 1.0},
        fails={"test_one": ("test_a", "test_b")},
        named={"test_one": ()},
    ),
    variants=("turned",),
)
DEFECTIVE = replace(FOUND, defects=("no mutant breaks [red]it[/red]", "mutant odd has no advice"))


@pytest.fixture
def audit(tiny, monkeypatch):
    """A function that runs `autograder audit`, when that finds something, and returns the result."""

    chances, processors = [], []

    def run(found, *options, rejected=(), name="tiny"):
        class Known:
            def __init__(self, assignment, jobs, tick, chance):
                self.tick = tick
                chances.append(chance)
                processors.append(os.environ.get("OPENBLAS_CORETYPE"))

            def audit(self):
                self.tick(1, 1)
                return found

            def repeat(self, certificate, times, only):
                return list(rejected[:times])

        monkeypatch.setattr(audit_module, "Auditor", Known)
        words = ["audit", name, "--course", str(tiny.root), *options]
        return CliRunner().invoke(cli.commands, words, env={"COLUMNS": "200"})

    run.chances, run.processors = chances, processors
    return run


def test_an_audit_without_defects_ends_with_0(tiny, audit):
    """The certificate is written where grading looks for it."""
    result = audit(FOUND)
    assert (result.exit_code, result.exception) == (0, None)
    assert path_of(tiny).read_text(encoding="utf-8") == FOUND.to_json()
    assert "Defect: " not in result.output


def test_an_audit_prints_properties_and_mutants(audit):
    """Each property with its mutants, each mutant with its properties, and the totals."""
    lines = [line.strip() for line in audit(FOUND).output.splitlines()]
    assert "1 a: broken by 2, by 1 alone" in lines
    assert "2 b: broken by 1, by 0 alone" in lines
    assert "drops 0.6, scales 0.4" in lines
    assert "x. -0.6   zeros: drops" in lines
    assert "xx -1     ones: drops, scales" in lines
    assert "2 mutants, 1 variant, 2 properties, 0 defects" in lines
    assert lines[-6:] == [
        "1 case of a mutant that only one property catches",
        "zeros: test_a",
        "1 property that no mutant needs",
        "test_one: test_b",
        "1 mutant not named as what it is",
        "ones",
    ]


def test_an_audit_with_defects_ends_with_1(tiny, audit):
    """Each is a line, as it is, and no certificate is written."""
    result = audit(DEFECTIVE)
    assert result.exit_code == 1
    assert [line for line in result.output.splitlines() if line.startswith("Defect: ")] == [
        "Defect: no mutant breaks [red]it[/red]",
        "Defect: mutant odd has no advice",
    ]
    assert "tiny.json is left as it was" in " ".join(result.output.split())
    assert not path_of(tiny).exists()


def test_a_check_of_the_current_certificate_ends_with_0(tiny, audit):
    """The certificate is current, and is not written again."""
    audit(FOUND)
    before = path_of(tiny).stat().st_mtime_ns
    assert audit(FOUND, "--check").exit_code == 0
    assert path_of(tiny).stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("kept", "cause"),
    [
        (lambda found: None, "not found"),
        (lambda found: "", "belongs to another version of the suites"),
        (lambda found: "{}", "belongs to another version of the suites"),
        (
            lambda found: replace(found, version="other").to_json(),
            "belongs to another version of the suites",
        ),
        (
            lambda found: replace(found, specimens="other").to_json(),
            "belongs to other mutants and variants",
        ),
        (lambda found: replace(found, variants=("other",)).to_json(), "differs from this audit"),
    ],
    ids=["missing", "empty", "no certificate", "other suites", "other mutants", "other facts"],
)
def test_a_check_of_another_certificate_ends_with_1(tiny, audit, kept, cause):
    """The error names the cause and the remedy, and nothing is written."""
    found = replace(FOUND, version=tiny.suites_version)
    path, text = path_of(tiny), kept(found)
    if text is not None:
        path.parent.mkdir()
        path.write_text(text, encoding="utf-8")
    result = audit(found, "--check")
    assert result.exit_code == 1
    said = " ".join(result.output.split())
    assert f"tiny.json {cause}: run `autograder audit tiny`" in said
    assert (path.read_text(encoding="utf-8") if path.exists() else None) == text


def test_a_page_without_a_folder_is_an_error_before_the_audit(audit, tmp_path):
    """A slip in the page's path costs no audit."""
    result = audit(FOUND, "--html", str(tmp_path / "nowhere" / "page.html"))
    assert result.exit_code == 2
    assert "make the folder" in result.output
    assert "properties" not in result.output


def test_a_check_is_made_with_other_chance(audit):
    """A fact that depends on a specimen's random numbers would differ."""
    audit(FOUND)
    audit(FOUND, "--check")
    first, second = audit.chances
    assert first != second


@pytest.mark.parametrize("own", [None, "Haswell"])
def test_a_check_is_made_with_other_rounding(audit, monkeypatch, own):
    """A fact that depends on the processor would differ; the caller's own setting stays."""
    monkeypatch.delenv("OPENBLAS_CORETYPE", raising=False)
    if own:
        monkeypatch.setenv("OPENBLAS_CORETYPE", own)
    audit(FOUND)
    audit(FOUND, "--check")
    assert audit.processors == [own, "Prescott"]
    assert os.environ.get("OPENBLAS_CORETYPE") == own


def test_a_check_prints_the_defects_too(audit):
    """Whether or not the certificate is current, a defect is no success."""
    result = audit(DEFECTIVE, "--check")
    assert result.exit_code == 1
    assert result.output.count("Defect: ") == 3  # and it is not found


@pytest.mark.parametrize("defects", [(), ("no mutant breaks it",)], ids=["good", "defective"])
def test_an_audit_writes_a_page(audit, tmp_path, defects):
    """With `--html` the page is written, whether or not there are defects."""
    found = certificate(
        mistake("zeros", test_scaler={"output": "0"}),
        properties={"test_scaler": ("test_a",)},
        rubric={"test_scaler": {"drops": 0.6}},
        defects=defects,
    )
    path = tmp_path / "matrix.html"
    audit(found, "--html", str(path))
    page = path.read_text(encoding="utf-8")
    assert "Audit of tiny" in page
    assert ">scaler</h3>" in page
    assert ("Defects" in page) == bool(defects)


def test_specimens_are_repeated(audit):
    """`--repeat` prints the number of other marks; one is enough for exit code 1."""
    good = audit(FOUND, "--repeat", "5")
    assert good.exit_code == 0
    assert "3 specimens with 5 seeds each: 0 other marks" in good.output
    bad = audit(FOUND, "--repeat", "5", rejected=["turned with seed 3: test_one: test_a: no"])
    assert bad.exit_code == 1
    assert "3 specimens with 5 seeds each: 1 other mark" in bad.output
    assert "Defect: turned with seed 3: test_one: test_a: no" in bad.output


def test_a_real_audit_is_checked(tmp_path, one_process):
    """A good course is proven, and its certificate found current by the check."""
    assignment = make_course(tmp_path, suites=OBSERVED, mutants=MUTANTS, variants=VARIANTS)
    words = ["audit", "tiny", "--course", str(tmp_path), "--jobs", "1"]
    first = CliRunner().invoke(cli.commands, [*words, "--repeat", "2"])
    assert first.exit_code == 0, first.output
    assert "4 specimens with 2 seeds each: 0 other marks" in first.output
    assert certificate_of(assignment).unnamed == []
    assert CliRunner().invoke(cli.commands, [*words, "--check"]).exit_code == 0


def test_other_weights_are_weighed_at_once(tmp_path, one_process):
    """The command says so, and grades everything when it is run again."""
    criteria = {"identity": "all", "in_place": "keeps", "three": "default"}
    mutants = {
        name: text.replace("test_scaler", f"test_scaler ({criteria[name]})")
        for name, text in MUTANTS.items()
    }
    assignment = add_rubric(make_course(tmp_path, suites=OBSERVED, mutants=mutants))
    rubric = assignment.hidden / "rubric.toml"
    words = ["audit", "tiny", "--course", str(tmp_path), "--jobs", "1"]
    outputs = []
    for weight in (30, 110, 110):
        text = re.sub(r"(default\]\nweight) = \d+", rf"\1 = {weight}", rubric.read_text())
        rubric.write_text(text, encoding="utf-8")
        result = CliRunner().invoke(cli.commands, words, env={"COLUMNS": "400"})
        assert result.exit_code == 0, result.output
        outputs.append(result.output)
        assert certificate_of(replace(assignment)) is not None
    first, weighed, again = outputs
    assert "-0.6   three: default" in first
    assert "-1.222222 three: default" in weighed
    assert weighed == again + audit_module.REWEIGHED + "\n"
    assert audit_module.REWEIGHED not in first


def test_an_audit_of_other_answers_for_the_same_suites_keeps_the_certificate(tiny, audit):
    """It must find what the certificate says.

    Only versions, specimens' texts, and which properties of a criterion see a mistake may differ.
    """
    ModuleForm(tiny, "other").write()
    released = tiny.root / "release/other"
    shutil.copytree(tiny.root / "source/other", released)
    current = replace(FOUND, version=tiny.suites_version)
    path_of(tiny).parent.mkdir(parents=True, exist_ok=True)
    path_of(tiny).write_text(current.to_json(), encoding="utf-8")
    zeros, ones = FOUND.mistakes
    same = replace(
        FOUND,
        version="of other",
        outcomes="of other",
        specimens="of other",
        mistakes=(zeros, replace(ones, fails={"test_one": ("test_b",)})),
    )
    assert audit(same, name="other").exit_code == 0
    for other in (
        replace(same, variants=()),
        replace(same, mistakes=(zeros, replace(ones, costs={"test_one": 0.5}))),
    ):
        result = audit(other, name="other")
        assert result.exit_code == 1
        assert "differs from this audit: run `autograder audit tiny`" in result.output
    assert path_of(tiny).read_text(encoding="utf-8") == current.to_json()
