"""What we claim, measured. Nothing here asserts on a clock; figures are printed and kept."""
