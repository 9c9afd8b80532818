"""Makes a set of money papers."""

import argparse
from pathlib import Path

from bench.money_papers import make

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--count", type=int, default=160)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--out", type=Path, default=Path("out/bench/receipts"))
parser.add_argument("--locales", nargs="*", default=(), help="only these")
args = parser.parse_args()
rows = make(args.out, count=args.count, seed=args.seed, locales=args.locales)
print(f"{len(rows)} papers in {args.out}")
