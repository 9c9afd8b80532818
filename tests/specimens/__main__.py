"""`python -m tests.specimens draw FOLDER`: write the inbox, the case files and the truth into FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.specimens.inbox import draw


def main(arguments: list[str]) -> int:
    if len(arguments) != 2 or arguments[0] != "draw":
        print(__doc__, file=sys.stderr)
        return 2
    for line in draw(Path(arguments[1])):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
