"""Files of torch.save, read without unpickling anything but tensors: one reader for parameters
and for dumps."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from verify.errors import InputError

__all__ = ["LARGEST_PICKLE", "MOST_RECORDS", "SUFFIX", "WIDENED", "array", "entries",
           "loaded", "own_name"]  # fmt: skip
_OBJECT = re.compile(r"GLOBAL ([\w.]+)")
SUFFIX = {"W": "weight", "b": "bias"}
MOST_RECORDS = 2000
"""Files in an archive of torch.save: one for each tensor, and a few more."""
WIDENED = "bfloat16, widened to float32"
LARGEST_PICKLE = 2**20
"""Bytes of its description of the tensors: a thousand tensors take a tenth of it."""


def loaded(data: bytes, where: str, most: int) -> Any:
    """What torch.save was given: tensors, and containers of them.

    Args:
        most: bytes of all that is in the archive.
    Raises:
        InputError: a bare pickle, damaged, larger when unpacked, or anything but tensors.
    """
    file = io.BytesIO(data)
    if not _is_archive(file):
        raise InputError("not a PyTorch archive; bare pickles are never loaded", where=where,
                         expected="torch.save(model.state_dict(), ...)")  # fmt: skip
    try:
        _plausible(file, most)
        file.seek(0)
        return torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # the restricted unpickler raises many kinds
        raise _refused(error, where) from None


def _refused(error: Exception, where: str) -> InputError:
    """One line: how to load it all the same, of which PyTorch says much, is no advice for this."""
    text = str(error)
    if "weights_only" not in text:
        first = text.splitlines()[0] if text else type(error).__name__
        return InputError(f"not a tensors-only state_dict: {first}"[:300], where=where)
    found = _OBJECT.search(text)
    return InputError("holds objects, which are never loaded", where=where,
                      got=found[1][:80] if found else "a pickle of something else",
                      expected="tensors alone: torch.save(model.state_dict(), ...)")  # fmt: skip


def _is_archive(file: io.BytesIO) -> bool:
    try:
        return zipfile.is_zipfile(file)
    except zipfile.BadZipFile:  # it claims to be in several parts
        return False


def _plausible(file: io.BytesIO, most: int) -> None:
    """Sizes, before anything is unpacked; checksums: torch.load would take a flipped bit."""
    with zipfile.ZipFile(file) as archive:
        records = archive.infolist()
        if len(records) > MOST_RECORDS or sum(each.file_size for each in records) > most:
            raise InputError("too much in it", expected=f"{MOST_RECORDS} records, {most} bytes")
        for each in records:
            if each.compress_type != zipfile.ZIP_STORED:
                raise InputError("packed in a way torch.save does not", where=each.filename[:80])
            if each.filename.endswith(".pkl") and each.file_size > LARGEST_PICKLE:
                raise InputError("its description is too large", got=each.file_size)
        if damaged := archive.testzip():
            raise InputError("checksum does not match", where=damaged[:80])


def entries(found: Any, name: str, where: str) -> dict[str, Any]:
    """Tensors and whatever else there is by name: a tensor alone has that of its file; a mapping
    in a mapping joins both names, C1 and dW to C1.dW.

    Raises:
        InputError: neither a tensor nor a mapping, a name that is no text, or one twice.
    """
    if isinstance(found, torch.Tensor):
        return {name: found}
    if not isinstance(found, Mapping):
        raise InputError("not a mapping of tensors", where=where, got=type(found).__name__)
    flat: dict[str, Any] = {}
    for key, value in found.items():
        inner = value if isinstance(value, Mapping) else {"": value}
        for symbol, each in inner.items():
            if not isinstance(key, str) or not isinstance(symbol, str):
                raise InputError("a name that is no text", where=where, got=f"{key!r:.40}")
            whole = f"{key}.{symbol}" if symbol else key
            if whole in flat:
                raise InputError("two entries of one name", where=f"{where}: {whole[:80]}")
            flat[whole] = each
    return flat


def array(value: Any, where: str, most: int | None = None) -> tuple[NDArray[Any], str]:
    """A dense tensor as an array, and what is to be said of it: bfloat16, which NumPy lacks, is
    widened to float32, which holds it exactly.

    Args:
        most: elements that may be written out: a view may repeat one a billion times.
    Raises:
        InputError: no tensor, a sparse or complex one, too many elements, no dtype of NumPy's.
    """
    if not isinstance(value, torch.Tensor):
        raise InputError("not a tensor", where=where, got=type(value).__name__)
    if value.layout != torch.strided or value.is_complex():
        raise InputError("not a dense real tensor", where=where, got=value.layout)
    if most is not None and value.numel() > most:
        raise InputError("larger than its tensor can be", where=where,
                         got=f"{value.numel()} numbers", expected=most)  # fmt: skip
    wide = value.dtype == torch.bfloat16
    try:
        plain = value.detach().resolve_neg()
        return np.asarray((plain.float() if wide else plain).numpy()), WIDENED if wide else ""
    except (TypeError, RuntimeError) as error:
        raise InputError(f"NumPy cannot hold it: {error}"[:300], where=where) from None


def own_name(name: str) -> str:
    """``C1.weight`` as ``C1.W``; other names stay and are refused later."""
    for own, theirs in SUFFIX.items():
        if name.endswith(f".{theirs}"):
            return f"{name.removesuffix(theirs)}{own}"
    return name
