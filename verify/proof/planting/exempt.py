"""Entries of the table that no formula can plant, and why."""

from __future__ import annotations

NOTHING_LEFT = (
    "weights are zero wherever Table I has no link, so the links that it does not have leave"
    " nothing: the result is zero, and is called that"
)
NOT_PLANTABLE = {
    ("convolution.da", "table-inverted"): NOTHING_LEFT,
    ("convolution.dx", "table-inverted"): NOTHING_LEFT,
    ("subsampling.z", "changed-in-place"): (
        "z holds y when y is already made of it; put in z's place before, y follows from it and is"
        " another: planted in the code (state-z-overwritten-1998)"
    ),
}
"""(operation, name) to the reason; an entry that can be planted after all fails the proof."""
