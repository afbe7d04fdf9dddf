"""What stands beside an exported corpus: what it is, and under which licences."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from verify.cases import idx
from verify.proof.faults.corpus import DIGITS, Specimen

__all__ = ["LOADER", "MIT", "licence", "readme"]
MIT = """MIT License

Copyright (c) 2026 the lenet-verify authors

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""
"""Of the repository; a test compares."""

LOADER = '''def mistake(path):
    """Inputs, parameters, right and wrong tensors of one file, each by name."""
    parts = {"inputs": {}, "parameters": {}, "right": {}, "wrong": {}}
    with np.load(path, allow_pickle=False) as file:
        for key in file.files:
            part, _, name = key.partition("/")
            parts[part][name] = file[key]
    parts["wrong"] = {**parts["right"], **parts["wrong"]}
    return parts
'''
"""How a file is read: the function of examples/corpus.py."""


def licence() -> str:
    """Both licences, and what is under which."""
    notice = Path(idx.PACKAGED, "NOTICE").read_text(encoding="utf-8")
    return f"{MIT}\nFiles whose licence in index.csv names CC-BY-SA-3.0 hold digits:\n\n{notice}"


def readme(rows: Sequence[Specimen], size: int, left: Sequence[str]) -> str:
    """What the corpus is, and how it is read."""
    digits = sum(row.licence == DIGITS for row in rows)
    return f"""# {len(rows)} mistakes in hand-written networks

Written by `lenet-verify faults --export`. Each file of `mistakes/` is one mistake that people
make in a layer, a loss or a whole LeNet-5, planted in the smallest case that shows it:
{size / 1e6:.0f} MB in all. A row of `index.csv` for each: name, what is wrong, where it is known
from, operation, guilty layers and tensors, how many tensors differ, network, case, licence.

An `.npz` holds, without pickles,

- `inputs/images`, `inputs/labels` (where there is a loss), `inputs/upstream` (where the gradient
  at the output is given),
- `parameters/LAYER.W`, `parameters/LAYER.b`,
- `right/LAYER.SYMBOL`: every tensor without the mistake: x input, z before the activation, y
  output, with a d the gradients; in layers by themselves a and da, the matrix forms of a
  convolution or pooling, too,
- `wrong/LAYER.SYMBOL`: those that are others with it. What is not there is as in `right/`.

```python
{LOADER}```

A checker of yours should reject `wrong/`, and accept `right/`. {len(left)} of the mistakes that
were asked for are not here, for no single run shows them: they change what the second call gives,
or have no effect.

MIT; {digits} files hold digits of MNIST, CC-BY-SA-3.0, and the index says which. See `LICENCE`.
"""
