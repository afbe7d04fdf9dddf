"""Ledgers: what was verified (coverage) and which conventions were kept."""
