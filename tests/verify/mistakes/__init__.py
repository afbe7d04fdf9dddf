"""Causes: each is named where the numbers show it, and withheld where they could not."""
