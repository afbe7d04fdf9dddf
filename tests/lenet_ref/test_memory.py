"""Asking for memory must not use any."""

from __future__ import annotations

import resource

from lenet_ref.fast import memory


def test_a_large_block_is_asked_for_and_never_touched() -> None:
    memory.keep_freed()
    before = resource.getrusage(resource.RUSAGE_SELF)
    for _ in range(1000):
        memory.keep_freed()
    after = resource.getrusage(resource.RUSAGE_SELF)
    pages = after.ru_minflt - before.ru_minflt
    assert pages * resource.getpagesize() < memory.LARGEST
