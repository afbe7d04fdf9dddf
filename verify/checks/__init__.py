"""Questions that are not one tensor's: lifecycle, derivatives, coverage, untraced path."""
