"""What the checks that people use would have found of all this, beside what ours finds."""
