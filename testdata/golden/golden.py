"""What the golden scripts share: one way to write numbers.

JSON has no NaN and no infinities, so they are written as the strings "NaN",
"+Inf" and "-Inf"; every other float is written with repr, which round-trips.
"""
import json
import math
import pathlib
import sys

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent


def plain(v):
    """Turn numpy values, containers and special floats into plain JSON."""
    if isinstance(v, dict):
        return {str(k): plain(x) for k, x in v.items()}
    if isinstance(v, (list, tuple, set)):
        return [plain(x) for x in v]
    if isinstance(v, np.ndarray):
        return [plain(x) for x in v.tolist()]
    if isinstance(v, (bool, np.bool_)):
        return bool(v)
    if isinstance(v, np.integer):
        return int(v)
    if isinstance(v, (float, np.floating)):
        v = float(v)
        if math.isnan(v):
            return "NaN"
        if math.isinf(v):
            return "+Inf" if v > 0 else "-Inf"
        return v
    return v


def dump(name, value, **versions):
    """Write value to NAME under this folder, with the versions that made it."""
    path = HERE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    value = {"made_by": {"python": sys.version.split()[0], **versions}, **plain(value)}
    path.write_text(json.dumps(value, allow_nan=False, separators=(",", ":")) + "\n")
    print(f"{path.relative_to(HERE)}: {path.stat().st_size} bytes")
