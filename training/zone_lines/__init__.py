"""Training of the detector of machine-readable lines: drawn scenes, the network, and its export to ONNX.

Nothing in the product imports this package, and torch is needed nowhere else. See README.md here for the recipe.
"""
