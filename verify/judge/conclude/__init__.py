"""Conclusions over all findings of a trace with gaps: span, common cause, consequence, share."""
