"""Tables of any length, screened column by column with the answers of the row path."""
