"""The project's own specimen generator: papers of people who do not exist, and the truth about each of them.

Run `python -m tests.specimens draw samples/`. Everything is drawn from `cast.toml` and a seed; the same input gives the
same bytes. It knows nothing of the toolkit it tests, so that a mistake there cannot hide behind the same mistake here.
"""
