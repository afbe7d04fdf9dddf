"""``lenet-verify check``: judge somebody else's LeNet-5, from files, Python or a program."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from lenet_ref.architecture import VARIANTS
from lenet_ref.errors import LeNetError
from verify.cli.options import Parser
from verify.conclude.span import either
from verify.dumps.check import REQUIRE, Verdict, concluded, judge_dump
from verify.dumps.layout import read_layout
from verify.dumps.load import load
from verify.errors import DIFFERENT, PASSED, UNUSABLE, HarnessError, InputError
from verify.report.files import write_csv
from verify.report.screen import aligned, printed

GRADES = (
    *("submission", "verdict", "status", "guilty_layers", "suspects", "first_tensor", "cause"),
    *("failed", "judged", "tensors", "share"),
)
EPILOG = """
examples:
  lenet-verify check dump/ --variant modern
  lenet-verify check tensors.npz --variant modern --case golden/ --mapping theirs.toml
  lenet-verify check student.py:lenet --variant modern
  lenet-verify check --program './lenet {inputs} {outputs}' --variant modern
  lenet-verify check submissions/*/ --variant modern --table grades.csv

exit status: 0 all passed, 1 a difference, 2 unusable input, 3 an error of the harness;
with --table 1 if any submission did not pass.  See docs/verify-your-own.md.
"""


def parser() -> Parser:
    """Options of the command."""
    p = Parser(prog="lenet-verify check", description=__doc__, epilog=EPILOG,
               formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    p.add_argument("subject", nargs="*", metavar="SUBJECT",
                   help="a folder or .npz, module:callable or file.py:callable")  # fmt: skip
    p.add_argument("--program", metavar="COMMAND",
                   help="a program that reads {inputs} and writes {outputs}")  # fmt: skip
    p.add_argument("--variant", choices=VARIANTS, help="needed unless a manifest says it")
    p.add_argument(
        "--case", type=Path, metavar="FOLDER", help="golden folder the dump was made from"
    )
    p.add_argument(
        "--mapping", type=Path, metavar="FILE", help="names, layouts, conventions (TOML)"
    )
    p.add_argument("--require", choices=REQUIRE, default="nothing", help="what must not be absent")
    p.add_argument("--tier", choices=["float64", "float32"], help="of what a subject is handed")
    p.add_argument("--seed", type=int, default=0, metavar="S")
    p.add_argument("--option", action="append", default=[], metavar="KEY=VALUE")
    p.add_argument("--reproducible", action="store_true",
                   help="the same call must give the same bits, not only the same numbers but for"
                   " rounding")  # fmt: skip
    p.add_argument("--seconds", type=float, default=60.0, help="time limit of one call")
    p.add_argument("--memory", type=int, default=4096, metavar="MIB", help="memory limit")
    p.add_argument("--table", type=Path, metavar="CSV", help="one line for each subject")
    p.add_argument("--out", type=Path, default=Path("reports/latest"), metavar="FOLDER")
    return p


def main(words: Sequence[str]) -> int:
    """Judge one subject, or a batch of them into a table."""
    asked = parser().parse_args(words)
    usable(asked)
    asked.mapping_file = asked.mapping
    asked.mapping = read_layout(asked.mapping) if asked.mapping else None
    if asked.table is not None:
        return graded(asked)
    if len(asked.subject) > 1:
        raise InputError("more than one subject", got=" ".join(asked.subject[:3]),
                         fix="add --table grades.csv")  # fmt: skip
    return judged(asked.program or asked.subject[0], asked).status


def usable(asked: argparse.Namespace) -> None:
    """Options that make no sense together, or out of range."""
    if bool(asked.program) == bool(asked.subject):
        raise InputError("what is to be checked?", expected="one of SUBJECT and --program")
    if asked.seconds <= 0 or asked.memory < 64 or asked.seed < 0:
        raise InputError("unusable value", where="--seconds, --memory, --seed",
                         expected="above 0, 64 or more, 0 or more")  # fmt: skip
    live = asked.program or any(is_callable(word) for word in asked.subject)
    if live and asked.variant is None:
        raise InputError("which variant?", fix="add --variant modern or --variant 1998")


def is_callable(word: str) -> bool:
    """module:callable or file.py:callable, and not a path that happens to hold a colon."""
    return ":" in word and not Path(word).exists()


def judged(subject: str, asked: argparse.Namespace) -> Verdict:
    """The verdict on one subject, printed unless it goes into a table."""
    quiet = asked.table is not None
    if asked.program:
        from verify.subjects.program import check_program

        return check_program(subject, asked)
    if is_callable(subject):
        from verify.subjects.process import check_callable

        return check_callable(subject, asked)
    path = Path(subject)
    case, arrays = load(path, asked)
    findings = judge_dump(case, arrays, asked.mapping, asked.require)
    return concluded([(case, findings)], asked.out, (), again(subject, asked), quiet)


def again(subject: str, asked: argparse.Namespace) -> str:
    """The command that repeats the check."""
    words = [f"lenet-verify check {shlex.quote(subject)}"]
    for name in ("variant", "case", "mapping_file", "require"):
        value = getattr(asked, name, None)
        if value and value != "nothing":
            words.append(f"--{name.removesuffix('_file')} {shlex.quote(str(value))}")
    return " ".join(words)


def graded(asked: argparse.Namespace) -> int:
    """A line for each subject, whatever it does; each report in a folder of its own."""
    rows = []
    subjects = asked.subject or [asked.program]
    for subject, name in zip(subjects, distinct(subjects), strict=True):
        place = asked.out / name.replace("/", "_").replace(":", "_")
        mine = argparse.Namespace(**{**vars(asked), "out": place})
        rows.append({"submission": name, **grade(subject, mine)})
    write_csv(asked.table, GRADES, rows)
    shown = [(r["submission"], r["verdict"], blamed(r), r["cause"]) for r in rows]
    printed(*aligned([("submission", "verdict", "guilty", "cause"), *shown]))
    passed = sum(row["status"] == PASSED for row in rows)
    printed(f"{passed} of {len(rows)} passed; table in {asked.table}")
    return PASSED if passed == len(rows) else DIFFERENT


def blamed(row: Mapping[str, Any]) -> str:
    """The guilty layers, or those among which the guilty one is."""
    suspects = row["suspects"].split()
    return row["guilty_layers"] or (either(suspects) if suspects else "-")


def distinct(subjects: Sequence[str]) -> list[str]:
    """The last part of each path that tells them all apart: folders, or the folders of files that
    are all called the same."""
    parts = [Path(word).parts if not is_callable(word) else (word,) for word in subjects]
    longest = max(len(words) for words in parts)
    for depth in range(1, longest + 1):
        names = ["/".join(words[-depth:]) for words in parts]
        if len(set(names)) == len(set(subjects)) and all(names):
            return names
    return list(subjects)


def grade(subject: str, asked: argparse.Namespace) -> dict[str, Any]:
    """One line of the table; what cannot be judged at all is a line too."""
    try:
        v = judged(subject, asked)
    except HarnessError:
        raise
    except LeNetError as error:
        v = replace(NOTHING, cause=str(error))
    word = {PASSED: "pass", DIFFERENT: "fail"}.get(v.status, "unusable")
    return {
        "verdict": word,
        "status": v.status,
        "guilty_layers": v.guilty,
        "suspects": "" if v.guilty else " ".join(v.suspects),
        "first_tensor": v.tensor,
        "cause": v.cause,
        "failed": v.failed,
        "judged": v.judged,
        "tensors": v.tensors,
        "share": f"{v.share:.3f}",
    }


NOTHING = Verdict(UNUSABLE, "", "", "", 0, 0, 0)
