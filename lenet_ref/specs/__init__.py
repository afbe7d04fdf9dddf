"""Layers and losses as data: options, shapes, counts.  One file for each family; no mathematics."""
