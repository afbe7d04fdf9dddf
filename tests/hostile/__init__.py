"""Subjects, programs and files made to hurt: families of them, each with many variations.

A sample runs with the tests; all of them with ``python -m tests.hostile``.  Each batch begins and
ends with a submission that is right: whatever stands between, those two pass.
"""
