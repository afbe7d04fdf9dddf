"""One layer per file; each function is one equation of docs/derivation.md."""
