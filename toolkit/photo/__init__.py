"""Identity photographs held against what an authority says they must be: measured, judged, cut out of a document.

`measures` looks at a file in a confined child and gives figures with their uncertainty; `specification` is the shape of
`specifications/*.toml`, one file an authority; `judge` puts the two together as findings. Knows no case and no key.
"""
