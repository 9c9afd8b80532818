"""Make an exported model half as large: weights are kept in 16 bits and widened when the model is loaded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def halve(path: Path) -> None:
    """Rewrite the ONNX file at *path* with its large 32-bit weights stored in 16 bits, each behind a Cast.

    ONNX Runtime folds the casts when it loads the model: speed and arithmetic stay those of 32 bits.
    """
    model = onnx.load(path)
    graph = model.graph
    casts = []
    for weight in list(graph.initializer):
        values = numpy_helper.to_array(weight)
        if weight.data_type != TensorProto.FLOAT or values.size < 64:
            continue
        name = f"{weight.name}_half"
        graph.initializer.append(numpy_helper.from_array(values.astype(np.float16), name))
        casts.append(helper.make_node("Cast", [name], [weight.name], to=TensorProto.FLOAT))
        graph.initializer.remove(weight)
    for node in reversed(casts):
        graph.node.insert(0, node)
    onnx.checker.check_model(model)
    onnx.save(model, path)
