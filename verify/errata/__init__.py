"""The source's formulas as data: evaluated as written, as corrected, and against autograd."""
