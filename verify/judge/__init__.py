"""The judge: trace, comparison, findings, verdicts, trust, witness, conclusions."""
