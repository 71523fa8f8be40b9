"""Two evaluators, the same question: they must agree."""
