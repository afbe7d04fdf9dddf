"""What a judge must say of planted traces; asked before every run."""
