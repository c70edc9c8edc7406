"""The only room that speaks SQL: one file a noun, two engines, one schema."""
