"""The judge: traces in, findings out."""
