"""What a judge must say of planted traces; run before every run by :mod:`verify.self_test`."""
