"""The third oracle: each formula once more in NumPy, in higher precision than the case."""
