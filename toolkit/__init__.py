"""Mobility Toolkit: reads, seals, judges and writes the papers of people who move across borders for work.

One direction holds through the package: cli -> intake, pack -> receive, read, check, write, fill, claim -> recognise,
definitions, catalog -> rules, fields, pages, ocr -> model -> errors. Nothing imports what stands to its left.
"""

__version__ = "0.1.0"
