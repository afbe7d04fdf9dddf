"""manifest.json: what a golden folder holds, and the case it was made from.

A manifest from somebody else is as untrusted as the arrays: every field is checked, and the case is
drawn again from its description, never read from the file.
"""

from __future__ import annotations

import json
import re
import reprlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lenet_ref.architecture import VARIANTS, Architecture
from lenet_ref.description import described as network_described
from lenet_ref.door import contents
from lenet_ref.errors import LeNetError
from lenet_ref.networks import PRESETS, preset
from lenet_ref.written import tables
from verify.cases.networks import make_arch
from verify.cases.options import architecture_options
from verify.cases.plan import Job
from verify.cases.regimes import REGIMES
from verify.errors import InputError
from verify.exchange.schema import LARGEST_BATCH

__all__ = ["DRAWN", "EXAM", "FORMAT", "LARGEST", "MOST_CHANNELS", "NAME", "TIERS", "described",
           "job_of", "read_manifest"]  # fmt: skip
NAME = "manifest.json"
FORMAT = 1
EXAM = "exam"
"""The field that holds the identity of an exam: 64 hexadecimal digits."""
LARGEST = 2**22
MOST_CHANNELS = 16
TIERS = ("float64", "float32")
DRAWN = tuple(name for name in REGIMES if "integers" not in name)
"""Regimes of a subject that is given images and labels; the exact tier needs an upstream gradient
of whole numbers as well."""


def described(job: Job) -> dict[str, Any]:
    """A case as a few words from which it can be drawn again; a network that is none of the two
    derived ones is written down with it."""
    other = {} if job.variant in VARIANTS else {"network": tables(_arch(job))}
    return {
        "variant": job.variant,
        **other,
        "regime": job.regime,
        "tier": job.tier,
        "batch": job.batch,
        "seed": job.seed,
        "options": [f"{key}={value}" for key, value in job.options],
    }


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest's fields.

    Raises:
        InputError: not JSON, or not an object of format 1.
    """
    try:
        found = json.loads(contents(path, LARGEST, path.parent))
    except LeNetError:
        raise
    except (ValueError, RecursionError, MemoryError) as error:
        raise InputError(f"not JSON: {error}", where=str(path)) from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise InputError("not a manifest of format 1", where=str(path))
    return found


def job_of(manifest: Mapping[str, Any], where: str) -> Job:
    """The case a manifest describes.

    Raises:
        InputError: a field is absent, of another type or out of range.
    """
    case = manifest.get("case")
    if not isinstance(case, dict):
        raise InputError("describes no case", where=where)
    options = _field(case, "options", list, where)
    if not all(isinstance(word, str) for word in options):
        raise InputError("not a list of strings", where=f"{where}: options")
    typed = architecture_options(options)
    if dict(typed).get("channels", 1) > MOST_CHANNELS:
        raise InputError("out of range", where=f"{where}: channels",
                         expected=f"at most {MOST_CHANNELS}")  # fmt: skip
    variant, network = _network(case, where)
    return Job(
        variant,
        _one_of(case, "regime", DRAWN, where),
        _one_of(case, "tier", TIERS, where),
        _between(case, "batch", 1, LARGEST_BATCH, where),
        _between(case, "seed", 0, _largest_seed(manifest, where), where),
        typed,
        network=network,
    )


def _largest_seed(manifest: Mapping[str, Any], where: str) -> int:
    """That of an exam has more bits; its students are not told."""
    exam = manifest.get(EXAM)
    if exam is None:
        return 2**32 - 1
    if not isinstance(exam, str) or not re.fullmatch("[0-9a-f]{64}", exam):
        raise InputError("unusable value", where=f"{where}: {EXAM}", got=reprlib.repr(exam)[:80],
                         expected="64 hexadecimal digits")  # fmt: skip
    if "seed" not in manifest["case"]:
        raise InputError("this is an exam, its seed is secret", where=where,
                         fix="who has the key adds --key FOLDER, or gives it as --case"
                         )  # fmt: skip
    return 2**257


def _arch(job: Job) -> Architecture:
    return make_arch(job.variant, {}, job.network)


def _network(case: Mapping[str, Any], where: str) -> tuple[str, Architecture | None]:
    """The name, and what it names where that is no preset."""
    if "network" not in case:
        return _one_of(case, "variant", VARIANTS, where), None
    found = network_described(_field(case, "network", dict, where), f"{where}: case.network")
    if found.variant in PRESETS and found == preset(found.variant):
        return found.variant, None
    if found.variant in PRESETS:
        raise InputError("the name of another network", where=f"{where}: case.network",
                         got=found.variant)  # fmt: skip
    return found.variant, found


def _field(case: Mapping[str, Any], name: str, kind: type, where: str) -> Any:
    value = case.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise InputError("unusable value", where=f"{where}: case.{name}",
                         got=reprlib.repr(value)[:80], expected=kind.__name__)  # fmt: skip
    return value


def _one_of(case: Mapping[str, Any], name: str, known: tuple[str, ...], where: str) -> str:
    value = _field(case, name, str, where)
    if value not in known:
        raise InputError("no such choice", where=f"{where}: case.{name}", got=value[:80],
                         expected=", ".join(known))  # fmt: skip
    return str(value)


def _between(case: Mapping[str, Any], name: str, low: int, high: int, where: str) -> int:
    value = int(_field(case, name, int, where))
    if not low <= value <= high:
        raise InputError("out of range", where=f"{where}: case.{name}", got=value,
                         expected=f"{low} to {high}")  # fmt: skip
    return value
