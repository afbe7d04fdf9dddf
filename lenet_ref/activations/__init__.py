"""Activations, one file each: y from z, dz from dy."""
