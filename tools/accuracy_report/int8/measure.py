# SPDX-License-Identifier: Apache-2.0
"""Quantises every case in every way and measures the results on the same samples."""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from runtimes import LiteRT, Thimble

from . import static_quantization
from .cases import CASES, SNR

EFFORTS = ("low", "medium", "high")
# Forms without ranges of activations: by their name on the page, the options of `thimble compile`.
STORED = {
    "weights float16": ("--weights", "float16"),
    "weights int8": ("--weights", "int8"),
    "weights int4": ("--weights", "int4"),
    "dynamic": ("--activations", "dynamic"),
}


@dataclass
class Row:
    case: object
    form: str
    # What stands in the way instead of the rest.
    problem: str = None
    value: float = None
    count: int = None
    # The class given to each sample, where the metric has classes.
    predictions: list = None
    # The share of samples that get the float model's class.
    agreement: float = None


class Measurements:
    def __init__(self, thimble, assets, data, scratch, wanted):
        self.thimble = Thimble(thimble)
        self.models = Path(assets) / "models"
        self.data = data
        self.scratch = Path(scratch)
        self.cases = [
            case for case in CASES if not wanted or any(part in case.model for part in wanted)]
        self.rows = []
        self.file_count = 0

    def run(self, finish):
        """Calls `finish` with the rows of each case when it is measured."""
        for case in self.cases:
            finish(self.measure(case))

    @property
    def problems(self):
        return [row for row in self.rows if row.problem]

    def measure(self, case):
        model = self.models / case.model
        calibration = case.calibration(self.data, f"{case.name}-calibration")
        test = self.test_folder(case)
        first = len(self.rows)
        if case.metric != SNR:
            self.add(case, "float", model, test)
        for effort in EFFORTS:
            self.add(case, f"Thimble, {effort}", model, test,
                     ("--int8", "--calibration", calibration, "--effort", effort,
                      "--threads", "2"))
        if case.goal:
            self.add(case, f"Thimble, medium, {' '.join(case.goal)}", model, test,
                     ("--int8", "--calibration", calibration, "--threads", "2", *case.goal))
        for form, options in STORED.items() if case.is_stored else ():
            self.add(case, f"Thimble, {form}", model, test, options)
            if form != "weights float16":
                self.add(case, f"Thimble, {form}, learned rounding", model, test,
                         (*options, "--calibration", calibration, "--threads", "2"))
        self.rows.append(self.onnxruntime_row(case, model, test))
        if case.shipped:
            folder = (case.shipped_test(self.data, f"{case.name}-shipped")
                      if case.shipped_test else test)
            self.add(case, "shipped int8", self.models / case.shipped, folder)
        rows = self.rows[first:]
        if rows[0].predictions:
            for row in rows[1:]:
                if row.predictions:
                    row.agreement = float(
                        (np.array(row.predictions) == np.array(rows[0].predictions)).mean())
        for row in rows:
            print(f"{case.name} {row.form}: {row.problem or row.value} {row.agreement or ''}",
                  file=sys.stderr)
        return rows

    def test_folder(self, case):
        """Without a truth, the answers of the float model are the targets."""
        if case.metric != SNR:
            return case.test(self.data, f"{case.name}-test")
        x = case.test(self.data)
        runtime = LiteRT(self.models / case.model, is_reference=True)
        return self.data.arrays(
            f"{case.name}-test", np.concatenate([runtime(row[None])[0] for row in x]), x=x)

    def add(self, case, form, model, test, options=()):
        self.rows.append(self.row(case, form, model, test, options))

    def row(self, case, form, model, test, options=()):
        """Compiles a model and measures it; a failure is a row too."""
        self.file_count += 1
        program = self.scratch / f"int8-{self.file_count}.thimble"
        shapes = case.shapes if self.has_free_shapes(model, case) else ()
        error = self.thimble.compile(model, program, shapes, options)
        if error:
            return Row(case, form, problem=error.splitlines()[0])
        metric = "mse" if case.metric == SNR else case.metric
        report = self.thimble.evaluate(program, test, (metric,))
        found = next(item for item in report["metrics"] if item["name"] == metric)
        value = found["value"]
        if case.metric == SNR:
            truth = np.load(test / "y.npy").astype(np.float64)
            value = 10 * np.log10((truth ** 2).mean() / value)
        return Row(case, form, value=value, count=found["n"],
                   predictions=report.get("predictions"))

    def has_free_shapes(self, model, case):
        return bool(case.shapes) and model.suffix == ".onnx"

    def onnxruntime_row(self, case, model, test):
        """The best of ONNX Runtime's methods, by the metric itself."""
        folder = self.scratch / f"{case.name}-onnxruntime"
        folder.mkdir()
        form, rows = "ONNX Runtime", []
        try:
            if model.suffix != ".onnx":
                self.thimble.export(model, folder / "float.onnx")
                model = folder / "float.onnx"
            model = static_quantization.prepared(model, folder)
        except Exception as error:  # noqa: BLE001  whatever it says is the result
            return Row(case, form, problem=f"{type(error).__name__}: {error}")
        runs = list(case.inputs(self.data))
        for method in static_quantization.METHODS:
            form = f"ONNX Runtime, {method}"
            try:
                quantized = static_quantization.quantized(model, runs, method, folder)
                row = self.row(case, form, quantized, test)
            except Exception as error:  # noqa: BLE001
                row = Row(case, form, problem=f"{type(error).__name__}: {error}")
            print(f"{form}: {row.problem or row.value}", file=sys.stderr)
            rows.append(row)
        measured = [row for row in rows if not row.problem]
        return max(measured, key=lambda row: row.value) if measured else rows[0]
