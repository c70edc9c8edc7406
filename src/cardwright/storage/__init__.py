"""All SQL of Cardwright: one file for each noun, two engines, one schema."""
