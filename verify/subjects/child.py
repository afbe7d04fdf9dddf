"""The subject's side of the conversation: load a callable, answer requests with its tensors.

Run as a script in a process of its own and knows nothing of the rest of the package but the files
beside it, so that this process holds Python, NumPy and the subject alone.  Requests and replies are
lines of JSON on two pipes of their own: whatever the subject prints goes elsewhere.  Arrays travel
in .npz files of plain numbers.
"""

from __future__ import annotations

import faulthandler
import hashlib
import importlib
import importlib.util
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Reply = dict[str, Any]
Arrays = dict[str, NDArray[Any]]


def beside(name: str) -> Any:
    """The file of that name beside this one, under a name that no module of the subject has."""
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"lenet_verify_{name}", path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


values, conduct = beside("values"), beside("conduct")


class AbsentError(Exception):
    """There is no such module or callable: a mistake in the command, not in the subject."""


def load(spec: str) -> Callable[..., Any]:
    """``module:callable`` or ``path/to/file.py:callable``.

    Raises:
        AbsentError: there is no such module or callable.
    """
    name, _, attribute = spec.rpartition(":")
    sys.path.insert(0, str(Path.cwd()))
    module = from_file(Path(name)) if name.endswith(".py") else from_path(name)
    found: Any = module
    for part in attribute.split("."):
        if not hasattr(found, part):
            raise AbsentError(f"{name} has no {attribute}")
        found = getattr(found, part)
    if not callable(found):
        raise AbsentError(f"{attribute} of {name} is a {type(found).__name__}, not a callable")
    return found


def from_file(path: Path) -> Any:
    """A module from its file; its own folder comes first on the path, as for a script."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise AbsentError(f"no such file: {path}")
    sys.path.insert(0, str(path.resolve().parent))
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def from_path(name: str) -> Any:
    """A module by its dotted name."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name + ".").startswith(error.name + "."):
            raise AbsentError(f"no module named {error.name}") from None
        raise


def answer(function: Callable[..., Any], kept: Any, inputs: str, outputs: str) -> Reply:
    """Call the subject once; store its arrays, reply with what cannot be stored.

    Args:
        kept: where its results are remembered.
        inputs: an .npz with images (N, C, H, W), labels (N,) and the parameters by name; upstream
            (N, K, ...), the gradient at the output, in place of labels where there is no loss.
        outputs: the .npz to write.
    """
    with np.load(inputs, allow_pickle=False) as file:
        given = {name: file[name] for name in file.files}
    images, target, changed = arguments(given)
    try:
        result = function(given, images, target)
        reply = stored(result, outputs, kept)
    except BaseException as error:  # sys.exit included: all that ends a call is its outcome
        return {"failed": described(error)}
    return {**reply, "changed": changed()}


def arguments(given: dict[str, Any]) -> tuple[Any, Any, Callable[[], list[str]]]:
    """Images and labels (upstream where there is no loss), taken out of what is given; and who
    says afterwards which of all arguments the call has changed."""
    last = "upstream" if "upstream" in given else "labels"
    images, target = given.pop("images"), given.pop(last)

    def every() -> dict[str, str]:
        return digests({**given, "images": images, last: target})

    before = every()

    def changed() -> list[str]:
        after = every()
        names = {**before, **after}
        return [name for name in names if before.get(name) != after.get(name)]

    return images, target, changed


def digests(arrays: Mapping[str, Any]) -> dict[str, str]:
    """A hash of every array, of its dtype and shape."""
    found = {}
    for name, value in arrays.items():
        array = np.ascontiguousarray(value)
        text = f"{array.dtype} {array.shape}".encode()
        found[str(name)] = hashlib.sha256(text + array.tobytes()).hexdigest()
    return found


def stored(result: Any, path: str, kept: Any) -> Reply:
    """Write the arrays under numbers, so that no name can do harm; say what is no array."""
    try:
        found = values.gathered(result)
    except values.UnfitError as why:
        return {"failed": str(why)}
    np.savez(path, **{str(i): array for i, array in enumerate(found.arrays.values())})
    kept.keep(found.arrays)
    names = [*found.arrays]
    return {"names": names, "wrong": found.wrong, "plain": found.plain, "notes": found.notes}


def described(error: BaseException) -> str:
    """Type and message of an exception, and the subject's own line that it came from."""
    if isinstance(error, SystemExit):
        text = f"called sys.exit({error.code!r:.40})"
    else:
        text = "raised " + " ".join(traceback.format_exception_only(error)[-1].split())[:300]
    if isinstance(error, SyntaxError) and error.filename:
        return f"{text} at {shortened(error.filename)}:{error.lineno}"
    own = [f for f in traceback.extract_tb(error.__traceback__) if not foreign(f.filename)]
    if not own:
        return text
    return f"{text} at {shortened(own[-1].filename)}:{own[-1].lineno} in {own[-1].name}"


def foreign(filename: str) -> bool:
    """A file of Python, of an installed package, or one of ours."""
    library = str(Path(os.__file__).parent)
    if Path(filename).parent == Path(__file__).parent:
        return True
    return filename.startswith(("<", library)) or "site-packages" in filename


def shortened(filename: str) -> str:
    """Relative to the working folder where that is shorter."""
    try:
        return str(Path(filename).relative_to(Path.cwd()))
    except ValueError:
        return filename


def main(spec: str, requests: int, replies: int, stack: str, secret: str) -> None:
    """Load, say so, then answer until the requests end; last, what there is to say of the whole.

    Args:
        secret: a JSON list of folders that the subject has no business in.
    """
    for fd in (requests, replies):
        os.set_inheritable(fd, False)
    with Path(stack).open("w") as trace, os.fdopen(replies, "w", buffering=1) as out:
        faulthandler.enable(trace)
        faulthandler.register(signal.SIGUSR1, trace)
        observed = conduct.Conduct(spec, json.loads(secret))
        function, reply = loaded(spec)
        out.write(json.dumps(reply) + "\n")
        if function is None:
            return
        token = ""
        with os.fdopen(requests) as lines:
            for line in lines:
                request = json.loads(line)
                token = request.pop("token")
                with observed:
                    reply = answer(function, observed.results, **request)
                out.write(json.dumps({**reply, "token": token, "seen": observed.since()}) + "\n")
        out.write(json.dumps({"token": token, "seen": observed.last()}) + "\n")


def loaded(spec: str) -> tuple[Callable[..., Any] | None, Reply]:
    """The callable, or None, and what to say about it."""
    try:
        return load(spec), {"ready": True}
    except AbsentError as error:
        return None, {"absent": str(error)}
    except BaseException as error:
        return None, {"failed": f"importing it {described(error)}"}


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:6])
