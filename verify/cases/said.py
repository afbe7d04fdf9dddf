"""What a regime leaves to be said of how its cases are drawn, and what it says itself."""

from __future__ import annotations

from collections.abc import Sequence

from verify.cases import probes
from verify.cases.plan import draws_digits, takes_weights
from verify.errors import InputError

__all__ = ["leaves_room", "refused"]


def leaves_room(
    regimes: Sequence[str], option: object = None, weights: object = None, data: object = None
) -> None:
    """Regimes that were chosen leave something to say to what says how cases are drawn.

    Args:
        option, weights, data: as they were said, or None.
    Raises:
        InputError: an option says what a regime says itself.
    """
    for name in regimes:
        if option is not None and name in probes.PROBES:
            raise refused("--option", option, name, "a probe has a network of its own")
        if weights is not None and not takes_weights(name):
            raise refused("--weights", weights, name, "it makes weights of its own")
    if data is not None and regimes and not any(map(draws_digits, regimes)):
        raise refused("--data", data, regimes[0], "it draws its images")


def refused(option: str, value: object, regime: str, why: str) -> InputError:
    """What a regime leaves no room for."""
    return InputError("cannot be obeyed together", where=f"{option} and --regime",
                      got=f"{value} and {regime}", fix=why)  # fmt: skip
