"""Loss functions: cross-entropy (modern), MLE and MAP (1998), squared error, distances."""
