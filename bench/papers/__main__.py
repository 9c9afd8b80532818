"""Makes a set of papers: a PDF each, and `truth.jsonl`; with --sheet, one picture of their first pages instead."""

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

from PIL import Image

from bench.papers import papers
from bench.papers.paper import Paper
from bench.papers.shots import rendered

#: Pixels of a page on the sheet, and pages in a row.
_PAGE, _ACROSS = (240, 312), 6


def written(made: Iterable[Paper], out: Path) -> None:
    """Write the papers and their truth into the folder *out*."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / "truth.jsonl").open("w", encoding="utf-8") as lines:
        for paper in made:
            (out / f"{paper.name}.pdf").write_bytes(paper.pdf)
            row = {"file": f"{paper.name}.pdf", "kind": paper.kind, "either": paper.either, "pages": paper.pages}
            row |= {"language": paper.language, "layout": paper.layout, "how": paper.how, "truth": dict(paper.truth)}
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")


def sheet(made: Iterable[Paper]) -> Image.Image:
    """The first pages of the papers side by side."""
    pages = [Image.fromarray(rendered(paper.pdf, 60)[0]) for paper in made]
    whole = Image.new("RGB", (_ACROSS * _PAGE[0], -(-len(pages) // _ACROSS) * _PAGE[1]), (120, 124, 130))
    for number, page in enumerate(pages):
        page.thumbnail((_PAGE[0] - 16, _PAGE[1] - 16), Image.Resampling.LANCZOS)
        left, top = number % _ACROSS * _PAGE[0], number // _ACROSS * _PAGE[1]
        whole.paste(page, (left + (_PAGE[0] - page.width) // 2, top + (_PAGE[1] - page.height) // 2))
    return whole


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=0, help="so many at most; 0: all wordings in all their layouts")
    parser.add_argument("--kinds", nargs="*", default=(), help="only these; `unknown` for papers of no kind")
    parser.add_argument("--languages", nargs="*", default=(), help="only these, such as en de")
    parser.add_argument("--photographed", type=float, default=0.0, metavar="SHARE")
    parser.add_argument(
        "--unseen", type=int, nargs="?", const=1, default=0, choices=(0, 1, 2), help="a wording that nobody was shown"
    )
    parser.add_argument("--sheet", type=Path, help="write a picture of the first pages into this file")
    parser.add_argument("--out", type=Path, default=Path("out/bench/papers"))
    args = parser.parse_args()
    asked = {"kinds": args.kinds, "languages": args.languages, "limit": args.count}
    made = papers(args.seed, photographed=args.photographed, unseen=args.unseen, **asked)
    if args.sheet:
        sheet(made).quantize(64).save(args.sheet, optimize=True)
    else:
        written(made, args.out)


main()
