"""Tests of the derivation as code."""
