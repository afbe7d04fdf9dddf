"""Networks by name or by file, and the two derived ones under their options."""

from __future__ import annotations

import inspect
import shlex
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from lenet_ref import families
from lenet_ref.architecture import VARIANTS, Architecture, lenet_1998, modern
from lenet_ref.description import described
from lenet_ref.networks import PRESETS, preset
from lenet_ref.written_options import nearest
from verify.cases.tables import read_toml
from verify.errors import InputError

__all__ = ["MAKERS", "SUFFIX", "called", "has_decay", "make_arch", "named", "regularised"]
MAKERS: dict[str, Callable[..., Architecture]] = {"modern": modern, "1998": lenet_1998}
SUFFIX = ".toml"


def named(word: str) -> tuple[str, Architecture | None]:
    """Name and, of what is no preset, description of a network: a preset's name, or a TOML file.

    Raises:
        InputError: no such preset, or a file that cannot be read.
        OptionError, ShapeError: what it describes is no network.
    """
    if word in PRESETS:
        return word, None
    if not word.endswith(SUFFIX):
        raise InputError("no such network", where="--network", got=repr(word)[:80],
                         expected=nearest(word, PRESETS),
                         fix="lenet-verify networks lists them; or name a .toml file")  # fmt: skip
    path = Path(word)
    arch = described(read_toml(path, "a network"), word, path.stem)
    if arch.variant in PRESETS and arch == preset(arch.variant):
        return arch.variant, None
    if arch.variant in PRESETS:
        raise InputError("the name of another network", where=f"{word}: name", got=arch.variant,
                         fix="choose a name of its own")  # fmt: skip
    return arch.variant, replace(arch, origin=word)


def make_arch(
    variant: str, options: Mapping[str, Any], found: Architecture | None = None
) -> Architecture:
    """A network under named options.

    Args:
        variant: of PRESETS, if it was not described; found: the network, if it was.
        options: of ``modern`` and ``1998`` those of their makers; of every other ``reg``.
    Raises:
        InputError: no such network or option.  OptionError: a value out of range.
    """
    if found is None and variant not in PRESETS:
        raise InputError("no such variant", where="variant", got=repr(variant),
                         expected=" or ".join(PRESETS))  # fmt: skip
    make = MAKERS.get(variant) if found is None else None
    known = ["reg"] if make is None else list(inspect.signature(make).parameters)
    if unknown := [name for name in options if name not in known]:
        raise InputError(f"the {variant} network has no such option", where="option",
                         got=", ".join(unknown), expected=", ".join(known))  # fmt: skip
    if make is not None:
        return make(**options)
    arch = preset(variant) if found is None else found
    return _with_reg(arch, options["reg"]) if options else arch


def _with_reg(arch: Architecture, reg: float) -> Architecture:
    changed = regularised(arch, reg)
    if arch.loss is None or not has_decay(arch):
        raise InputError("this network's loss has no regulariser", where="option reg", got=reg)
    if not 0 <= reg < float("inf"):
        raise InputError("unusable value", where="option reg", got=reg, expected="a number >= 0")
    return replace(changed, options=f"reg={reg}")


def regularised(arch: Architecture, reg: float) -> Architecture:
    """The network with another coefficient of its regulariser; as it is where it has none."""
    if arch.loss is None or not has_decay(arch):
        return arch
    return replace(arch, loss=replace(arch.loss, reg=reg))


def has_decay(arch: Architecture) -> bool:
    """The loss may have a regulariser."""
    if arch.loss is None:
        return False
    files = families.room("lenet_ref.losses", families.losses(), "REGULARISED")
    return bool(files[arch.loss.kind].REGULARISED)


def called(arch: Architecture) -> str:
    """The words of a command line that name a network; none for a probe, which brings its own."""
    if arch.variant in VARIANTS:
        return f"--variant {arch.variant}"
    named_network = arch.origin or arch.variant in PRESETS
    return shlex.join(["--network", arch.origin or arch.variant]) if named_network else ""
