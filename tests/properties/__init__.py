"""What must hold for every patient, checked on generated ones."""
