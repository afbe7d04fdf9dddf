"""``verify.check``: judge somebody else's network, from Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch

from verify.api.report import Report
from verify.api.spoken import retold, spoken
from verify.api.subjects import Reached, Subject, reached
from verify.api.wishes import Network, PathLike, Wishes
from verify.oracle.plain import plain
from verify.pipeline.subject import heard
from verify.pipeline.usable import sound
from verify.proof.self_test import proved_gate

__all__ = ["check", "one_thread"]


def check(
    subject: Subject,
    network: Network = None,
    *,
    mapping: PathLike | Mapping[str, Any] | None = None,
    map: bool = False,
    tier: str | None = None,
    regimes: str | Sequence[str] = (),
    batches: int | Sequence[int] = (),
    seed: int | None = None,
    data: PathLike | None = None,
    weights: PathLike | None = None,
    tensor: str = "",
    require: str = "nothing",
    conventions: Mapping[str, object] | None = None,
    case: PathLike | None = None,
    options: Mapping[str, object] | None = None,
    reproducible: bool = False,
    allow: str | Sequence[str] = (),
    secret: PathLike | Sequence[PathLike] = (),
    seconds: float | None = None,
    memory: int | None = None,
    program: bool = False,
) -> Report:
    """Judge a network tensor by tensor, as ``lenet-verify check`` does.

    Args:
        subject: a function from (parameters, images, labels) to tensors by name, called in this
            process; ``"file.py:function"``, called in a process of its own; a mapping of arrays;
            a folder or file of arrays; with program a command with {inputs} and {outputs}.
        network: a name, a .toml file or an Architecture; None: the one whose numbers fit.
        mapping: names, layouts and conventions, a TOML file or the same as a dict; map: as they
            are proposed, if all is certain; conventions: key and value of single ones.
        tier, regimes, batches, seed, data, weights: what a subject that answers is asked; without
            a seed another one each time.
        tensor: judge this one alone; require: nothing, forward, gradients or all must be there.
        case: the golden folder that arrays were made from; options: of the network.
        reproducible: the same call must give the same bits.
        allow: what ``"file.py:function"`` may import beside NumPy or start, all else is a finding;
            secret: folders that it has no business in; seconds, memory (MiB): limits of one
            call in a process of its own, 60 and 4096 where nothing is said.
    Raises:
        LeNetError: something cannot be used; whatever the subject does is in the report.
    """
    wishes = Wishes(network, mapping, map, tier, regimes, batches, seed, data, weights, tensor,
                    require, conventions, case, options, reproducible, allow, secret, seconds,
                    memory, program)  # fmt: skip
    with reached(subject, program) as found, spoken(found.hidden, found.shown), one_thread():
        return _judged(found, wishes)


def _judged(subject: Reached, wishes: Wishes) -> Report:
    request = wishes.request(subject)
    sound(request, subject.asks)
    proved_gate()
    outcome = heard(subject.word, request, subject.program, wishes.map)
    return Report(retold(outcome), wishes.again(subject, request.seed), subject.shown.strip("'"))


@contextmanager
def one_thread() -> Iterator[None]:
    """The judge's matrices are small: several threads of PyTorch wait for each other.  What the
    caller has set is set again afterwards, and whether there are gradients, and on which device."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with plain():
            yield
    finally:
        torch.set_num_threads(before)
