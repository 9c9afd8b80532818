"""One reader over PDFs, in whatever environment has it: prints pages, words and seconds as one line of JSON.

    python bench/text_layer_reader.py READER FILE...

Started by `bench.text_layers`. The first file is read once before the clock starts.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

#: Returns the pages and the words (0 where it gives text without places) of one file.
Reader = Callable[[Path], tuple[int, int]]


def main() -> None:
    read, files = READERS[sys.argv[1]](), [Path(each) for each in sys.argv[2:]]
    read(files[0])
    clock, processor = time.perf_counter(), time.process_time()
    counts = [read(path) for path in files]
    seconds, processor = time.perf_counter() - clock, time.process_time() - processor
    pages, words = (sum(each[at] for each in counts) for at in (0, 1))
    print(json.dumps({"pages": pages, "words": words, "seconds": seconds, "processor": processor}))


def _library(name: str) -> Any:
    return importlib.import_module(name)


def ours() -> Reader:
    open_bytes = _library("toolkit.pages").open_bytes

    def read(path: Path) -> tuple[int, int]:
        pages = open_bytes(path.read_bytes(), "application/pdf").pages
        return len(pages), sum(len(page.words) for page in pages)

    return read


def pypdfium2() -> Reader:
    library = _library("pypdfium2")

    def read(path: Path) -> tuple[int, int]:
        document = library.PdfDocument(path.read_bytes())
        for at in range(len(document)):
            page = document[at]
            layer = page.get_textpage()
            layer.get_text_range()
            layer.close()
            page.close()
        return len(document), 0

    return read


def pypdf() -> Reader:
    library = _library("pypdf")

    def read(path: Path) -> tuple[int, int]:
        pages = library.PdfReader(path).pages
        for page in pages:
            page.extract_text()
        return len(pages), 0

    return read


def pdfplumber() -> Reader:
    library = _library("pdfplumber")

    def read(path: Path) -> tuple[int, int]:
        with library.open(path) as document:
            words = 0
            for page in document.pages:
                words += len(page.extract_words())
                page.close()
            return len(document.pages), words

    return read


def docling_parse() -> Reader:
    parser = _library("docling_parse.pdf_parser").DoclingPdfParser()
    word = _library("docling_core.types.doc.page").TextCellUnit.WORD

    def read(path: Path) -> tuple[int, int]:
        document = parser.load(path_or_stream=str(path))
        pages = words = 0
        for _, page in document.iterate_pages():
            pages += 1
            words += sum(1 for _ in page.iterate_cells(unit_type=word))
        document.unload()
        return pages, words

    return read


READERS: dict[str, Callable[[], Reader]] = {
    "ours": ours,
    "pypdfium2": pypdfium2,
    "pypdf": pypdf,
    "pdfplumber": pdfplumber,
    "docling-parse": docling_parse,
}

if __name__ == "__main__":
    main()
