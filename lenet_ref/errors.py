"""The one exception family of the project.

Every error says what went wrong, where, what was found, what was expected and
what to do, in one line; the edge (command line, pytest) prints it unchanged.
"""

from __future__ import annotations

__all__ = ["DtypeError", "LayerError", "LeNetError", "OptionError", "ParameterError", "ShapeError",
           "StorageError"]  # fmt: skip


class LeNetError(ValueError):
    """Base of every error raised on purpose.

    Args:
        what: what went wrong, in a few words.
        where: the file, tensor or argument concerned.
        got: what was found there.
        expected: what would have been accepted.
        fix: what the reader can do about it.
    """

    def __init__(
        self, what: str, *, where: str = "", got: object = "", expected: object = "", fix: str = ""
    ) -> None:
        self.what, self.where, self.fix = what, where, fix
        self.got, self.expected = str(got), str(expected)
        parts = [f"{where}: {what}" if where else what]
        parts += [f"got {self.got}"] if self.got else []
        parts += [f"expected {self.expected}"] if self.expected else []
        parts += [fix] if fix else []
        super().__init__("; ".join(parts).replace("\n", " "))


class ShapeError(LeNetError):
    """An array has the wrong shape."""


class DtypeError(LeNetError):
    """An array has the wrong dtype."""


class ParameterError(LeNetError):
    """A set of parameters is incomplete, has extra entries or unusable values."""


class OptionError(LeNetError):
    """An option names something that does not exist."""


class StorageError(LeNetError):
    """A file cannot be read or written as asked."""


class LayerError(LeNetError):
    """A layer raised while it was computed; ``where`` starts with its name."""
