"""``lenet-verify errata``: the source's formulas as written and as corrected, measured."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lenet_ref.storage import write_atomically
from verify.cli.options import Parser
from verify.cli.output import printed
from verify.errata.ledger import outcomes
from verify.errata.page import counts, markdown, screen
from verify.errata.statement import COLUMNS
from verify.errors import DIFFERENT, PASSED
from verify.report.files import write_csv


def main(words: Sequence[str]) -> int:
    """Evaluate every statement; exit status 1 if one does not behave as claimed."""
    p = Parser(prog="lenet-verify errata", description=__doc__)
    p.add_argument("--out", type=Path, default=Path("reports/latest"), metavar="FOLDER")
    p.add_argument("--markdown", type=Path, metavar="FILE", help="also write the page of docs/")
    asked = p.parse_args(words)
    found = outcomes()
    write_csv(asked.out / "errata.csv", COLUMNS, [o.row() for o in found])
    if asked.markdown:
        write_atomically(asked.markdown, markdown(found).encode())
    wrong = [o.statement.id for o in found if not o.holds]
    printed(*screen(found), counts(found))
    if wrong:
        printed(f"not as claimed: {', '.join(wrong)}")
    printed(f"table in {asked.out / 'errata.csv'}",
            f"{'FAIL' if wrong else 'PASS'}  {len(found) - len(wrong)} of {len(found)} statements "
            "measured as claimed")  # fmt: skip
    return DIFFERENT if wrong else PASSED
