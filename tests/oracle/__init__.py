"""A second, independent judgement of NCT06731140, against which the product is checked."""
