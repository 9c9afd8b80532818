"""How often the language of short official papers is told, and how often surely and wrongly.

usage: python -m bench.languages [--halves]

The texts are `bench/language_texts.toml`; each is read as it is, in capitals, without accents, with one letter in
thirty misread, and cut to its first 25, 12 and 6 words; pairs of languages are put one under the other, line by line in
turn, and side by side with a stroke between.
"""

import argparse
import itertools
import random
import re
import time
import tomllib
import unicodedata
from pathlib import Path

from toolkit import language

TEXTS = tomllib.loads((Path(__file__).parent / "language_texts.toml").read_text("utf-8"))
OWN_SCRIPT = {"ar", "fa", "he", "hi", "zh", "ja", "ko", "th", "el", "ru", "uk", "bg", "sr"}
PAIRS = """de-en fr-en es-en pl-en ar-en zh-en ja-en ru-en el-en tr-de nl-fr sv-fi cs-sk no-da pt-es hi-en uk-ru ca-es
cy-en ms-en it-de fa-en ro-hu da-de vi-en ko-en th-en he-en""".split()  # noqa: SIM905


def rows(text):
    return re.sub(r"(?<=[.:;。：]) ", "\n", text)


def bare(text):
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def misread(text):
    chance = random.Random(len(text))
    return "".join(chance.choice("aeiosrtn1l") if c.isalpha() and chance.random() < 1 / 30 else c for c in text)


def first(count):
    return lambda text: " ".join(text.split()[:count]) if " " in text[:30] else text[: 2 * count]


WAYS = {
    "as it is": rows,
    "capitals": lambda text: rows(text).upper(),
    "without accents": lambda text: rows(bare(text)),
    "misread letters": lambda text: misread(rows(text)),
    "first 25 words": first(25),
    "first 12 words": first(12),
    "first 6 words": first(6),
}
LAYOUTS = {
    "one under the other": lambda x, y: x + y,
    "line by line": lambda x, y: [z for pair in itertools.zip_longest(x, y, fillvalue="") for z in pair],
    "with a stroke": lambda x, y: [" / ".join(pair) for pair in zip(x, y, strict=False)] + x[len(y) :] + y[len(x) :],
}


def chosen(half):
    for code, texts in TEXTS.items():
        middle = len(texts) // 2
        yield from ((code, text) for text in {"": texts, "first": texts[:middle], "second": texts[middle:]}[half])


def single(half):
    print(f"| {half or 'all'} texts | n | first right | sure | sure and wrong |\n|---|---|---|---|---|")
    for name, way in WAYS.items():
        told = [
            (code, language.of_text(way(text)))
            for code, text in chosen(half)
            if name != "without accents" or code not in OWN_SCRIPT | {"vi"}
        ]
        right = sum(found.codes[:1] == (code,) for code, found in told)
        sure = [found.codes == (code,) for code, found in told if found.confidence >= 0.9]
        print(f"| {name} | {len(told)} | {right} | {len(sure)} | {sure.count(False)} |")


def pairs():
    print("| two languages | n | both and no other | sure | sure and wrong |\n|---|---|---|---|---|")
    for name, layout in LAYOUTS.items():
        told = []
        for pair in PAIRS:
            one, other = pair.split("-")
            for place in range(2):
                x, y = (rows(TEXTS[code][place]).split("\n") for code in (one, other))
                found = language.of_text("\n".join(layout(x, y)))
                told.append((set(found.codes) == {one, other}, found.confidence >= 0.9))
        sure = [right for right, vouched in told if vouched]
        print(f"| {name} | {len(told)} | {sum(r for r, _ in told)} | {len(sure)} | {sure.count(False)} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--halves", action="store_true")
    halves = ("first", "second") if parser.parse_args().halves else ("",)
    language.of_text("load the model")
    begun = time.perf_counter()
    for half in halves:
        single(half)
    pairs()
    print(f"{time.perf_counter() - begun:.1f} s")


if __name__ == "__main__":
    main()
