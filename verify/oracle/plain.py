"""PyTorch as it is when nobody has changed it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import torch

__all__ = ["plain"]


@contextmanager
def plain() -> Iterator[None]:
    """With gradients, on the CPU, in the dtypes that are said; afterwards it is as it was.

    A notebook works under ``torch.no_grad()`` or on another device, and a function of this process
    may leave it so: the oracle could not differentiate.
    """
    elsewhere = torch.get_default_device().type != "cpu"
    with (
        torch.inference_mode(False),
        torch.enable_grad(),
        torch.device("cpu") if elsewhere else nullcontext(),  # looks at every call
        torch.autocast("cpu", enabled=False),
    ):
        yield
