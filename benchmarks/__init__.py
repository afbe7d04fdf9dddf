"""Speed as ratios of two things measured in one process: ``python -m benchmarks``."""
