"""LeNet-5 derived by hand, in NumPy only: the derivation as code.

Start at :mod:`lenet_ref.network`; the equations are numbered in docs/derivation.md.
"""

from lenet_ref.architecture import Architecture, lenet_1998, modern
from lenet_ref.network import run
from lenet_ref.parameters import initial

__all__ = ["Architecture", "initial", "lenet_1998", "modern", "run"]
