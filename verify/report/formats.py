"""Files that the rows of a run are written to."""

from __future__ import annotations

__all__ = ["DIFF", "FORMATS", "PARQUET"]
DIFF, PARQUET = "diff.csv", "diff.parquet"
FORMATS = {"csv": (DIFF,), "parquet": (PARQUET,), "both": (DIFF, PARQUET)}
"""Of each format."""
