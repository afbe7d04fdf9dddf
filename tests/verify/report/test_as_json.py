"""JSON: what is written fits the schema that is shipped, and the schema refuses what is wrong."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.verify.report.outcomes import AGAIN, failing, hostile, right
from verify.errors import INTERNAL, UNUSABLE
from verify.report import checks
from verify.report.account import WORDS, Failure, account
from verify.report.as_json import SCHEMA_FILE, as_json, number
from verify.report.rows import COLUMNS, NUMBERS, WHOLE

jsonschema = pytest.importorskip("jsonschema")
TEXT = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
VALID = jsonschema.Draft202012Validator(TEXT)
Document = dict[str, Any]


def told(what: Any) -> Document:
    """Written, and read by a reader that knows neither NaN nor Infinity."""
    return json.loads(as_json(what), parse_constant=pytest.fail)


def of(outcome: Any) -> Document:
    return told(account(outcome, AGAIN, "net.py:f"))


def test_the_schema_is_one() -> None:
    VALID.check_schema(TEXT)
    assert [*TEXT["$defs"]["row"]["properties"]] == [*COLUMNS]
    assert [*TEXT["$defs"]["check"]["properties"]] == [*checks.COLUMNS]
    assert {*WORDS.values()} < {*TEXT["properties"]["verdict"]["enum"]}


@pytest.mark.parametrize("outcome", [right, failing, hostile], ids=lambda f: f.__name__)
def test_a_report_fits(outcome: Callable[[], Any]) -> None:
    VALID.validate(of(outcome()))


@pytest.mark.parametrize("status", [UNUSABLE, INTERNAL, 130])
def test_what_could_not_be_judged_fits(status: int) -> None:
    found = told(Failure(status, "nothing there: \udcff", AGAIN))
    VALID.validate(found)
    assert found["status"] == status and found["message"]
    assert found["verdict"] not in ("pass", "fail")


def test_a_pass() -> None:
    found = of(right())
    assert (found["verdict"], found["status"], found["message"]) == ("pass", 0, "")
    assert found["network"] == ["modern"] and found["guilty"] == found["causes"] == []
    assert found["counts"]["comparisons"] == found["counts"]["passed"] == len(found["rows"])


def test_a_failure_in_typed_values() -> None:
    found = of(failing())
    assert (found["verdict"], found["status"]) == ("fail", 1)
    assert [each["layer"] for each in found["guilty"]] == ["C3", "C5", "F6"]
    cause = next(each for each in found["causes"] if each["tensor"] == "C3.db")
    assert cause["cause"] == "averaged-over-positions" and cause["factor"] == pytest.approx(0.01)
    assert cause["got"] == pytest.approx(cause["expected"] / 100) and len(cause["index"]) == 1
    assert cause["rerun"] == found["rerun"] == AGAIN
    infinite = next(each for each in found["causes"] if each["tensor"] == "F6.dW")
    assert infinite["got"] == "inf" and infinite["index"] == [2, 3]
    assert [each["verdict"] for each in found["checks"]] == ["fail"]
    assert found["counts"]["checks_failed"] == 1


def test_rows_are_those_of_diff_csv_as_numbers() -> None:
    rows = of(failing())["rows"]
    assert all([*row] == [*COLUMNS] for row in rows)
    for name in (*NUMBERS, *WHOLE):
        assert {type(row[name]) for row in rows} <= {int, float, type(None), str}, name
        assert {row[name] for row in rows if isinstance(row[name], str)} <= {"inf", "-inf"}, name
    assert any(isinstance(row["own_error"], float) for row in rows)


def test_numbers_that_json_does_not_have() -> None:
    values = [1.5, float("nan"), float("inf"), float("-inf"), 7, None, "7"]
    assert [number(v) for v in values] == [1.5, None, "inf", "-inf", 7, None, "7"]


def cases() -> dict[str, Callable[[Document], object]]:
    """What makes a right document a wrong one."""
    return {
        "another version": lambda d: d.update(schema="lenet-verify/2"),
        "a name is missing": lambda d: d.pop("counts"),
        "verdict and status": lambda d: d.update(status=0),
        "verdict and counts": lambda d: d.update(status=0, verdict="pass", causes=[], guilty=[]),
        "no status of ours": lambda d: d.update(status=7),
        "a number as text": lambda d: d["rows"][0].update(own_error="0.5"),
        "a count that is none": lambda d: d["rows"][0].update(batch=-1),
        "a column is missing": lambda d: d["rows"][0].pop("rerun"),
        "no verdict": lambda d: d["rows"][0].update(verdict="perhaps"),
        "a layer without network": lambda d: d["guilty"][0].pop("network"),
        "a message though judged": lambda d: d.update(message="no"),
        "an error with rows": lambda d: d.update(status=3, verdict="error", message="bug"),
    }


@pytest.mark.parametrize("name", cases())
def test_a_wrong_document_is_refused(name: str) -> None:
    found = copy.deepcopy(of(failing()))
    cases()[name](found)
    with pytest.raises(jsonschema.ValidationError):
        VALID.validate(found)
