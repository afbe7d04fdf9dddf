"""Diagnosis: what people get wrong, told from the numbers."""
