"""The plugin for pytest: each tensor of each case is a test."""
