"""``python -m verify`` is ``lenet-verify``."""

from verify.cli import entry

entry()
