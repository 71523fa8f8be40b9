"""What may be known of a person: frozen, strict models of the patient record."""
