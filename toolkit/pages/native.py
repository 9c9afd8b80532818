"""PDFium's functions as `map` calls them: many times in one go, with plain addresses, no Python between two calls."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

POINTER, INT, UNSIGNED, LONG = ctypes.c_void_p, ctypes.c_int, ctypes.c_uint, ctypes.c_ulong


def called(function: Any, *arguments: type, result: type = INT) -> Callable[..., Any]:
    """Return a function of `pypdfium2.raw` that takes addresses as numbers; what it returns may be one, or None."""
    return ctypes.PYFUNCTYPE(result, *arguments)(address(function))


def address(of: Any) -> int:
    """Return where a function or a pointer of ctypes points; 0 for nowhere."""
    return ctypes.cast(of, POINTER).value or 0
