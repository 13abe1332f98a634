# SPDX-License-Identifier: Apache-2.0
"""Runs a model in the runtime its format belongs to and writes every tensor that is asked for.

    peer.py MODEL FOLDER

ONNX runs in ONNX Runtime without optimisations, TFLite in LiteRT with its reference kernels, one
thread each. FOLDER/request.json names the inputs and the tensors that are wanted:

    {"format": "onnx", "inputs": {"name": "file.npy"}, "wanted": ["name"]}

Writes FOLDER/answer.json and one .npy file for each tensor it has:

    {"runtime": "...", "tensors": {"name": {"file": "0.npy", "scale": 0.5, "zero_point": 3}}}

Scale and zero point are there for tensors that the model quantises as a whole. Exit code 3 says
that a package is missing.
"""
import json
import sys
from pathlib import Path

STORABLE = {
    "float16", "float32", "float64", "int8", "uint8", "int16", "int32", "int64", "bool",
}


def run_onnx(model, inputs, wanted):
    """All wanted node outputs, as outputs of the model."""
    import onnx
    import onnxruntime

    proto = onnx.load(model)
    known = {output.name for output in proto.graph.output}
    known |= {tensor.name for tensor in proto.graph.input}
    written = [name for node in proto.graph.node for name in node.output if name]
    for name in written:
        if name in wanted and name not in known:
            proto.graph.output.append(onnx.ValueInfoProto(name=name))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    # The model as it stands: what is fused or moved has no tensors to look at.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(
        proto.SerializeToString(), options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs() if output.name in wanted]
    results = session.run(names, inputs)
    runtime = f"ONNX Runtime {onnxruntime.__version__}"
    return runtime, {name: (result, None) for name, result in zip(names, results)}


def run_tflite(model, inputs, wanted):
    """All wanted tensors whose names are unique; none is overwritten by a later one."""
    import ai_edge_litert
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    interpreter = Interpreter(
        model, num_threads=1, experimental_preserve_all_tensors=True,
        experimental_op_resolver_type=OpResolverType.BUILTIN_REF)
    interpreter.allocate_tensors()
    for detail in interpreter.get_input_details():
        interpreter.set_tensor(detail["index"], inputs[detail["name"]])
    interpreter.invoke()
    details = interpreter.get_tensor_details()
    counts = {}
    for detail in details:
        counts[detail["name"]] = counts.get(detail["name"], 0) + 1
    tensors = {}
    for detail in details:
        name = detail["name"]
        if name not in wanted or counts[name] > 1:
            continue
        try:
            value = interpreter.get_tensor(detail["index"])
        except ValueError:  # a tensor of state, or one that nothing computed
            continue
        tensors[name] = (value, detail["quantization_parameters"])
    return f"LiteRT {getattr(ai_edge_litert, '__version__', '')}".strip(), tensors


def describe(file, quantization):
    """The entry of a tensor in the answer."""
    entry = {"file": file}
    if quantization is not None and len(quantization["scales"]) == 1:
        entry["scale"] = float(quantization["scales"][0])
        entry["zero_point"] = int(quantization["zero_points"][0])
    return entry


def main():
    import numpy

    model, folder = sys.argv[1], Path(sys.argv[2])
    request = json.loads((folder / "request.json").read_text())
    inputs = {name: numpy.load(folder / file) for name, file in request["inputs"].items()}
    run = run_onnx if request["format"] == "onnx" else run_tflite
    runtime, tensors = run(model, inputs, set(request["wanted"]))
    answer = {"runtime": runtime, "tensors": {}}
    for number, (name, (value, quantization)) in enumerate(tensors.items()):
        if not isinstance(value, numpy.ndarray) or value.dtype.name not in STORABLE:
            continue
        numpy.save(folder / f"{number}.npy", numpy.ascontiguousarray(value).reshape(value.shape))
        answer["tensors"][name] = describe(f"{number}.npy", quantization)
    (folder / "answer.json").write_text(json.dumps(answer))


if __name__ == "__main__":
    try:
        main()
    except ModuleNotFoundError as error:
        print(error.name, file=sys.stderr)
        sys.exit(3)
