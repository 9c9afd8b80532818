"""How well readings of people are told to be of one person: the written pairs of `bench/identity_pairs.txt`.

usage: python -m bench.identity [--show]

Within each group every second pair is held back: it was not looked at when the rules were made.
"""

import argparse
import re
from collections import Counter
from pathlib import Path

from toolkit.identity import Identity, match
from toolkit.model import Field, Method, Source

PAIRS = Path(__file__).parent / "identity_pairs.txt"


def read(side):
    written = re.fullmatch(r"(.*?)(?:, (\d{4}(?:-\d\d)*))?", side.strip())
    name = " ".join(reversed([part.strip() for part in written[1].split(";")]))
    source = Source("", 1, None, Method.OCR)
    born = Field("birth_date", written[2], 0.99, source) if written[2] else None
    return Identity(Field("full_name", name, 0.99, source), birth_date=born)


def pairs():
    """Yield (group, held back, line, verdict wanted, match)."""
    group, place = "", 0
    for line in PAIRS.read_text("utf-8").splitlines():
        if line.startswith("## "):
            group, place = line[3:], 0
        elif line and not line.startswith("#"):
            one, other, wanted = (part.strip() for part in line.split("|"))
            yield group, bool(place % 2), line, wanted, match(read(one), read(other))
            place += 1


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true", help="print the misses of the half that may be looked at")
    show = parser.parse_args().show
    groups, confused = {}, {False: Counter(), True: Counter()}
    for group, held, line, wanted, got in pairs():
        right = got.verdict == wanted
        groups.setdefault(group, [0, 0, 0, 0])
        groups[group][2 * held] += right
        groups[group][2 * held + 1] += 1
        confused[held][wanted, str(got.verdict)] += 1
        if show and not held and not right:
            print(f"{line}  ->  {got.verdict}: {'; '.join(got.reasons)}")
    print("| group | seen | held back |\n|---|---|---|")
    for group, (seen, of_seen, held, of_held) in groups.items():
        print(f"| {group} | {seen}/{of_seen} | {held}/{of_held} |")
    for held, name in ((False, "seen"), (True, "held back")):
        total = sum(confused[held].values())
        right = sum(count for (wanted, got), count in confused[held].items() if wanted == got)
        print(f"\n{name}: {right}/{total}\n| wanted | same | unsure | different |\n|---|---|---|---|")
        for wanted in ("same", "unsure", "different"):
            row = (str(confused[held][wanted, got]) for got in ("same", "unsure", "different"))
            print(f"| {wanted} | {' | '.join(row)} |")


if __name__ == "__main__":
    main()
