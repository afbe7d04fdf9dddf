"""``verify.judge``: a case and a trace, judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verify.api.asking import one_thread
from verify.api.report import Report
from verify.api.spoken import retold, spoken
from verify.api.subjects import arrays_of
from verify.api.wishes import one_of
from verify.cases.case import Case
from verify.errors import InputError
from verify.exchange.hints import unknown as strange
from verify.exchange.layout import PLAIN
from verify.exchange.schema import expected
from verify.judge.trace import Converted
from verify.pipeline import undeclared
from verify.pipeline.judging import REQUIRE
from verify.pipeline.repeats import unknown
from verify.pipeline.request import CheckRequest
from verify.proof.self_test import proved_gate

__all__ = ["judge"]


def judge(case: Case, trace: Mapping[str, Any], *, require: str = "nothing") -> Report:
    """Judge the tensors that a network of your own made of a case.

    Args:
        case: what it was given, as ``Job("modern", "digits", "float64", batch=2).case()`` makes it.
        trace: tensors by name; arrays of NumPy or PyTorch, lists or numbers.
        require: nothing, forward, gradients or all must be there.
    Raises:
        InputError: a name that no tensor of the network has, or what is no array.
    """
    for value, kind, name in ((case, Case, "case"), (trace, Mapping, "trace")):
        if not isinstance(value, kind):
            raise InputError("cannot be judged", where=f"{name}=", got=type(value).__name__,
                             expected=f"a {kind.__name__}")  # fmt: skip
    with spoken(), one_thread():
        arrays = Converted(arrays_of(trace))
        one_of("require", [require], [*REQUIRE])
        if names := unknown(case, arrays, PLAIN):
            raise strange(names, expected(case.arch, case.batch))
        proved_gate()
        outcome = undeclared.judged([(case, arrays)], CheckRequest(require=require))
    return Report(retold(outcome), f"verify.judge(case, trace)  # {case.name}", case.name)
