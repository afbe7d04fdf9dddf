"""``.pt``: what torch.save wrote: a tensor, or a mapping of tensors, at most once nested."""

from __future__ import annotations

import math

from verify.cases import torch_files
from verify.exchange.places import ArrayFile, Found, Named


def arrays(file: ArrayFile) -> Found:
    """Its tensors whose names are known; a state_dict's C1.weight is C1.W.

    Raises:
        InputError: a pickle, anything but tensors, or a tensor larger than it can be.
    """
    found = torch_files.loaded(file.whole(), file.where, file.place.most)
    for name, value in torch_files.entries(found, file.name, file.where).items():
        own = file.called(name)
        shape = file.room(own)
        if shape is None:
            continue
        array, note = torch_files.array(value, f"{file.where}: {name[:80]}", math.prod(shape))
        yield Named(own, array, note=note)
