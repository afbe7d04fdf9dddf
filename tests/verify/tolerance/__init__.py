"""The rounding bounds: that they hold, that they are not idle, and that they reject."""
