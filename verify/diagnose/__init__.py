"""Diagnosis: for a failing tensor, the hypothesis that explains its numbers."""

from __future__ import annotations

from verify.findings import Finding
from verify.judge import Judge


def explain(judge: Judge, findings: list[Finding]) -> list[Finding]:
    """Findings with their causes named where a hypothesis fits."""
    return findings
