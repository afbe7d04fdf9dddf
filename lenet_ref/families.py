"""The families, and one file for each of them in each room: found by name, never listed.

A family of layers is a file of lenet_ref/specs that defines a :class:`Layer`; a family of losses
a file of lenet_ref/losses.  A room is a package with a file of the same name for each.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from lenet_ref.errors import LeNetError
from lenet_ref.specs.layer import Layer
from lenet_ref.specs.loss import Loss

__all__ = ["agree", "every", "layers", "loss_spec", "losses", "merged", "modules",
           "room"]  # fmt: skip


def modules(package: str) -> list[str]:
    """Names of a package's modules, sorted; packages within it are none."""
    found = importlib.import_module(package)
    return sorted(info.name for info in pkgutil.iter_modules(found.__path__) if not info.ispkg)


@cache
def layers() -> dict[str, type[Layer]]:
    """The spec of every family of layers."""
    found: dict[str, type[Layer]] = {}
    for name in modules("lenet_ref.specs"):
        module = importlib.import_module(f"lenet_ref.specs.{name}")
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Layer) and value.family == name:
                found[name] = value
    return found


@cache
def losses() -> tuple[str, ...]:
    """The families of losses."""
    return tuple(modules("lenet_ref.losses"))


@cache
def loss_spec(kind: str) -> type[Loss]:
    """The spec of a family of losses: the :class:`Loss` that lenet_ref/specs/<kind>.py defines, or
    ``Loss`` itself, of which ``kind`` is the first argument in either case.

    Raises:
        LeNetError: there is no such family.
    """
    if kind not in losses():
        raise LeNetError("no such loss", where="loss", got=repr(kind),
                         expected=", ".join(losses()))  # fmt: skip
    if kind not in modules("lenet_ref.specs"):
        return Loss
    module = importlib.import_module(f"lenet_ref.specs.{kind}")
    own = [value for value in vars(module).values() if isinstance(value, type)
           and issubclass(value, Loss) and value.__module__ == module.__name__]  # fmt: skip
    return own[0] if own else Loss


def every() -> tuple[str, ...]:
    """The families of layers, then those of losses."""
    return (*layers(), *losses())


def room(package: str, families: tuple[str, ...], *needed: str) -> dict[str, ModuleType]:
    """A room's file for each family.

    Args:
        needed: names that each file must define.
    Raises:
        LeNetError: a family has no file here, or the file lacks a name.
    """
    return {family: _file(package, family, needed) for family in families}


def _file(package: str, family: str, needed: tuple[str, ...]) -> ModuleType:
    name = f"{package}.{family}"
    if find_spec(name) is None:
        raise LeNetError("the family has no file in this room", where=package, got=family,
                         fix=f"add {name.replace('.', '/')}.py")  # fmt: skip
    module = importlib.import_module(name)
    if lacking := [each for each in needed if not hasattr(module, each)]:
        raise LeNetError("does not define what its room asks of a family", where=name,
                         expected=", ".join(lacking))  # fmt: skip
    return module


def merged(files: Iterable[ModuleType], table: str) -> dict[str, Any]:
    """The tables of that name of several files, as one."""
    return {key: value for file in files for key, value in getattr(file, table).items()}


def agree(package: str, found: dict[str, Any], expected: set[str]) -> None:
    """A room's table says something of every tensor that the families have, and of no other.

    Raises:
        LeNetError: naming the first tensor it lacks, or does not know.
    """
    if lacking := sorted(expected - found.keys()):
        family = lacking[0].split(".")[0]
        raise LeNetError("the table lacks a tensor", where=package, got=lacking[0],
                         fix=f"add it to {package.replace('.', '/')}/{family}.py")  # fmt: skip
    if unknown := sorted(found.keys() - expected):
        raise LeNetError("the table names what no family has", where=package, got=unknown[0])
