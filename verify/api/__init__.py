"""What notebooks and tests call: a subject in, a report out.  ``import verify`` has the names."""
