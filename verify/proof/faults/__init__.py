"""Planted faults: mistakes people make, planted one by one, to prove that they are caught."""
