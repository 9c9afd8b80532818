"""Recipes of the models that the toolkit ships. Nothing here is imported by it; torch is needed here only."""
