"""The recipe of the recogniser of zone lines: made-up lines, a small network, CTC.

Torch is needed here and nowhere else. `training/README.md` says how to make the model again; `toolkit/zone_models/`
holds what it made.
"""
