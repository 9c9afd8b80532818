"""The two networks that read zones, and how one is loaded. Each has its card beside it, a file of the same name."""

from __future__ import annotations

import os
from functools import cache
from importlib import resources
from typing import Any


@cache
def session(name: str) -> Any:
    """Return the ONNX Runtime session of the network called *name*, loaded once a process."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(os.environ.get("MOBILITY_OCR_THREADS", "2"))
    options.log_severity_level = 3
    model = resources.files(__name__).joinpath(f"{name}.onnx").read_bytes()
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
