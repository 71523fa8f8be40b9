"""Tables screened by many machines: cut into sections, each screened by the one columnar run."""
