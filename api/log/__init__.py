"""The screening log: durable, append-only, chained by hashes; it knows no web framework."""
