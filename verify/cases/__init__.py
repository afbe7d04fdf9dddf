"""What a subject is given: cases, regimes, probes, plans, digits, weights."""
