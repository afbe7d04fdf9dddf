"""``lenet-verify errata``: the source's formulas as written and as corrected, measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lenet_ref.storage import write_atomically
from verify.cli.output import printed
from verify.cli.parsing import Parser, made, recorded
from verify.errata.ledger import outcomes
from verify.errata.page import counts, markdown, screen
from verify.errata.statement import COLUMNS
from verify.errors import DIFFERENT, PASSED
from verify.report.files import write_csv
from verify.report.folder import claimed
from verify.report.stamp import write_stamp


@dataclass(frozen=True)
class ErrataRequest:
    """Where to: the report, and the page of docs/, if that is wanted."""

    out: Path
    markdown: Path | None


def parser() -> Parser:
    """Options of the command."""
    p = Parser(prog="lenet-verify errata", description=__doc__)
    p.add_argument("--out", type=Path, default=Path("reports/latest"), metavar="FOLDER",
                   help="where the report goes")  # fmt: skip
    p.add_argument("--markdown", type=Path, metavar="FILE", help="also write the page of docs/")
    return p


def requested(words: Sequence[str]) -> ErrataRequest:
    """The words as values."""
    return made(ErrataRequest, parser().understood(words))


def main(words: Sequence[str]) -> int:
    """Evaluate every statement; exit status 1 if one does not behave as claimed."""
    asked = requested(words)
    with claimed(asked.out) as place:
        found = outcomes()
        write_csv(place / "errata.csv", COLUMNS, [o.row() for o in found])
        write_stamp(place, recorded("errata", asked))
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
