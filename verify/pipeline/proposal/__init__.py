"""A mapping proposed from the numbers: the right values are known, so each array is looked for."""
