"""The three networks of the OCR engine, PP-OCR as they ship in RapidOCR's wheel, on ONNX Runtime.

Knows files and sessions; knows no picture. RapidOCR itself is not imported: its own pipeline pads, batches and
allocates in ways that cost more than half of the time (decision 0025).
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from toolkit.errors import MissingToolError

Name = Literal["lines", "letters", "direction"]

_FILES: dict[Name, str] = {
    "lines": "PP-OCRv6_det_small.onnx",
    "letters": "PP-OCRv6_rec_small.onnx",
    "direction": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
}


def threads() -> int:
    """How many threads the engine may use: whoever runs several readers side by side shares the cores out."""
    return max(1, int(os.environ.get("MOBILITY_OCR_THREADS", "2")))


@cache
def pool() -> ThreadPoolExecutor:
    """Return the threads that read lines side by side; a network lets go of the interpreter while it works."""
    return ThreadPoolExecutor(threads(), thread_name_prefix="ocr")


@cache
def session(name: Name) -> Any:
    """Return the session of one network, loaded once a process. Raises MissingToolError where its file is not."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    # A page is one big picture and many small lines: the first is shared between threads, the lines are one a thread.
    options.intra_op_num_threads = threads() if name == "lines" else 1
    # Threads that wait for work in a busy loop take the processor from those that have some.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(_path(name)), options, providers=["CPUExecutionProvider"])


@cache
def characters() -> tuple[str, ...]:
    """Return the character of each class of the network of letters: the blank first, the space last."""
    listed = session("letters").get_modelmeta().custom_metadata_map["character"]
    return ("", *listed.splitlines(), " ")


def _path(name: Name) -> Path:
    found = find_spec("rapidocr")
    path = Path(found.origin).parent / "models" / _FILES[name] if found and found.origin else None
    if path is None or not path.is_file():
        raise MissingToolError(
            f"The OCR model {_FILES[name]} is not installed.", remedy="Install it: pip install 'rapidocr==3.10.*'."
        )
    return path
