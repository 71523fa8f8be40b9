"""What a coordinator is told: blockers, questions, dates, margins, evidence and sentences."""
