"""From a case and a trace to findings with causes: one way for every command."""
