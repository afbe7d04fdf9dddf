"""What a check was not told: the network, the mapping; found where it is certain, and said."""

from __future__ import annotations

from dataclasses import replace

from lenet_ref.networks import preset
from verify.checks.check import Check
from verify.pipeline.proposal.certain import certain
from verify.pipeline.request import CheckRequest
from verify.pipeline.which import network_of, the_network

__all__ = ["instead", "settled"]


def settled(
    subject: str, answers: str, request: CheckRequest, mapped: bool
) -> tuple[CheckRequest, list[Check]]:
    """The request with a network and a mapping, and what is to be said of both.

    Args:
        answers: "program", "callable", or empty for files; mapped: a mapping is wanted.
    Raises:
        InputError: no network with a name fits, or some of the mapping is a guess.
    """
    said: list[Check] = []
    if request.source.variant is None and request.source.case is None:
        request, chosen = _network(subject, answers, request)
        said.append(chosen)
    if mapped:
        request, proposed = certain(subject, answers, request)
        said.append(proposed)
    return request, said


def instead(subject: str, answers: str, request: CheckRequest) -> str:
    """Which network with a name fits a subject that does not fit the one that was said; empty if
    none does."""
    found = network_of(subject, answers, request.source, request.limits)
    if found is None or found.name == request.source.variant:
        return ""
    return f"this looks like {preset(found.name).about or found.name}: --network {found.name}"


def _network(subject: str, answers: str, request: CheckRequest) -> tuple[CheckRequest, Check]:
    found = the_network(subject, answers, request.source, request.limits)
    taken = replace(request, source=replace(request.source, variant=found.name))
    return taken, Check("subject", found.name, "network", True, f"--network {found.told()}")
