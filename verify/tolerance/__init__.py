"""Rounding bounds: no tolerance in this project is chosen by hand."""
