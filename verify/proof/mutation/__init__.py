"""Mutation of the reference: change its source mechanically and count what goes unnoticed."""
