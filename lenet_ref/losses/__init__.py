"""Loss functions: cross-entropy with L2 (modern), MLE and MAP (1998)."""
