"""From findings to a decision: the reference evaluator and the rule engine."""
