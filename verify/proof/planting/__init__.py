"""Entries of the table of mistakes, planted one by one: each must be named as itself."""
