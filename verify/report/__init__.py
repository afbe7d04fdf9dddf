"""Findings as rows, rows as CSV files and tables for people."""
