"""What a trace must hold: steps, shapes, equations; from the description alone."""
