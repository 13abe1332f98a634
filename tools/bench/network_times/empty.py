# SPDX-License-Identifier: Apache-2.0
"""What a run costs that computes next to nothing."""

import subprocess
from pathlib import Path

from bench import CACHE, RELEASE, ROOT, thimble
from onnx import TensorProto, helper, save


def time_runs():
    """Compiles and starts the C program that runs a program of one copied element."""
    program = CACHE / "empty-run"
    CACHE.mkdir(parents=True, exist_ok=True)
    source = Path(__file__).resolve().parent / "empty_run.c"
    subprocess.run(
        ["clang", "-O2", f"-I{ROOT / 'Sources/CThimble/include'}", source, "-o", program,
         f"-L{RELEASE}", "-lthimble-c", f"-Wl,-rpath,{RELEASE}"], check=True)
    model = CACHE / "empty.thimble"
    port = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("x", "y")]
    graph = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["y"])], "empty", port[:1], port[1:])
    onnx = CACHE / "empty.onnx"
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]), onnx)
    thimble("compile", onnx, "-o", model)
    subprocess.run([program, model], check=True)
