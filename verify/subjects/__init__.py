"""Ways a trace comes in: reference, callable, program.  They return traces, judge nothing."""
