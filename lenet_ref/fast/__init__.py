"""Gradients without a trace, fast: the formulas of the layers, images last in memory, in blocks."""
