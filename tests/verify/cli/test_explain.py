"""lenet-verify explain: every tensor of both variants, and what it refuses."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from lenet_ref.architecture import Architecture
from tests.docs.derivation import PAGE, ROOT
from tests.docs.derivation import rows as read_again
from tests.nets import MNIST28
from verify.cases.networks import make_arch
from verify.cases.plan import Job
from verify.cli import main
from verify.cli.explanation import SECTIONS, explanation, shape_of
from verify.errors import HarnessError
from verify.expected import derivation
from verify.expected.derivation import equations
from verify.expected.steps import steps
from verify.pipeline.judging import Terms, judge_subject
from verify.proof.conventions import CONVENTIONS
from verify.report.files import write_csv
from verify.report.rows import COLUMNS, row
from verify.subjects.reference import reference
from verify.tolerance.rules import RULES

ARCHITECTURES = [
    make_arch("modern", {}),
    make_arch("1998", {}),
    make_arch("1998", {"loss": "map", "learned_codes": "True"}),
]
each_network = pytest.mark.parametrize(
    "arch", ARCHITECTURES, ids=[f"{a.variant}-{a.options}" for a in ARCHITECTURES]
)
OPTIONS = (("loss", "map"), ("learned_codes", True))


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A diff.csv of one case of each network."""
    folder, lines = tmp_path_factory.mktemp("report"), []
    for arch in ARCHITECTURES:
        options = OPTIONS if "map" in arch.options else ()
        case = Job(arch.variant, "digits", "float64", 2, options=options).case()
        lines += [row(f) for f in judge_subject(case, reference, Terms(truth=False))]
    write_csv(folder / "diff.csv", COLUMNS, lines)
    return folder


@each_network
def test_every_tensor_is_explained(arch: Architecture, report: Path) -> None:
    for step in steps(arch):
        text = dict(reversed(explanation(arch, step, report)))
        assert text["equation"].startswith(f"{step.equation}: ")
        assert re.search(r"\((lenet_ref/\S+\.py):(\d+)\)", text["computed by"]), step.tensor
        assert f"{report / 'diff.csv'}: digits, float64, batch 2" in text["last row"]
        assert "pass, own error" in text["last row"]


def test_a_shape_is_that_of_the_network() -> None:
    """The equations of the two derived networks have it, those of families that of an example."""
    for arch in ARCHITECTURES:
        for step in steps(arch):
            assert shape_of(arch, step.tensor) == equations()[step.equation].shape
    arch = make_arch("mnist28", {}, MNIST28)
    assert shape_of(arch, "conv2.dW") == "(16, 6, 5, 5)"
    assert shape_of(arch, "conv2.a") == "(64*N, 150)"
    assert shape_of(arch, "fc1.db") == "(120,)" and shape_of(arch, "loss.data") == "()"


def test_code_is_found_at_its_line() -> None:
    for equation in equations().values():
        for (_, function), place in zip(equation.code, equation.places(), strict=True):
            path, line = re.search(r"\((\S+):(\d+)\)", place).groups()  # type: ignore[union-attr]
            source = (ROOT / path).read_text().splitlines()[int(line) - 1]
            assert source.startswith(f"def {function}("), place


def test_formulas_for_a_terminal() -> None:
    """No LaTeX is left, gradients are named as arrays are."""
    for equation in equations().values():
        assert not re.search(r"[\\{}$]", equation.plain), equation.plain
    assert equations()["M-C3-dW"].plain == "dW = a^T dz + reg W"
    assert equations()["M-loss-data"].plain == "E[data] = -1/N sum[n] ln p[n,t[n]]"
    assert equations()["H-F7-dx"].plain == "dx[nj] = 2 sum[i] (x[nj] - W[ij]) dy[ni]"


def test_the_document_is_read_as_the_tests_read_it() -> None:
    """Two parsers, written apart."""
    again = {r.id: (r.equation, r.shape.strip("`"), r.links) for r in read_again(PAGE.read_text())}
    for id, e in equations().items():
        formula, shape, links = again.pop(id)
        assert (e.formula, e.shape) == (formula, shape)
        assert [function for _, function in e.code] == [function for _, function, _ in links]
    assert again == {}


def test_every_rule_has_its_section() -> None:
    """The rule's name stands in the heading or text of that section of docs/tolerance.md."""
    page = (ROOT / "docs" / "tolerance.md").read_text()
    used = set(re.findall(r'Bound\(\s*"([a-z-]+)"', "".join(
        path.read_text() for path in (ROOT / "verify" / "tolerance").glob("*.py")
    )))  # fmt: skip
    assert set(SECTIONS) == used and RULES
    for rule, section in SECTIONS.items():
        body = page.split(f"\n### {section} ")[1].split("\n## ")[0].split("\n### ")[0]
        assert f"`{rule}`" in body, rule


def test_every_convention_concerns_some_equation() -> None:
    for entry in CONVENTIONS:
        for pattern in entry.concerns.split():
            assert any(fnmatchcase(id, pattern) for id in equations()), (entry.name, pattern)
        if entry.planted is not None:
            job = Job(entry.planted.variant, entry.planted.regime, "float64", 3)
            found = {step.tensor: step.equation for step in steps(job.case().arch, True)}
            first = found[entry.planted.tensor]
            patterns = entry.concerns.split()
            assert any(fnmatchcase(first, pattern) for pattern in patterns), entry.name


def test_without_a_report_a_case_is_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["explain", "F7.dW", "--option", "loss=map"]
    assert main([*words, "--option", "learned_codes=True", "--variant", "1998"]) == 0
    said = capsys.readouterr().out
    assert "judged now: digits, float64" in said and "rbf.code_gradient" in said
    assert list(tmp_path.iterdir()) == []


def test_both_variants_are_explained(capsys: pytest.CaptureFixture[str], report: Path) -> None:
    assert main(["explain", "C3.dW", "--out", str(report)]) == 0
    said = capsys.readouterr().out
    assert "C3.dW, modern" in said and "C3.dW, 1998" in said
    assert main(["explain", "S2.argmax", "--out", str(report)]) == 0
    said = capsys.readouterr().out
    assert "modern" in said and "1998" not in said
    assert "the first maximum in row-major order" in said


def test_an_unknown_tensor_names_near_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "C3.dw"]) == 2
    said = capsys.readouterr().err
    assert "expected C3.dW" in said and said.count("\n") == 1
    assert main(["explain", "S2.W", "--variant", "modern"]) == 2
    assert main(["explain"]) == 2


def test_a_missing_document_is_our_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(derivation, "PLACES", (tmp_path / "none.md",))
    derivation.equations.cache_clear()
    with pytest.raises(HarnessError, match="missing"):
        derivation.equations()
    monkeypatch.undo()
    derivation.equations.cache_clear()


def test_after_a_check_that_measured_no_own_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rows without one are passed over, and a case is judged now."""
    columns = "variant,tensor,options,equation,own_rule\n"
    (tmp_path / "diff.csv").write_text(columns + "modern,C3.dW,default,M-C3-dW,\n")
    assert main(["explain", "C3.dW", "--out", str(tmp_path)]) == 0
    assert "judged now" in capsys.readouterr().out
