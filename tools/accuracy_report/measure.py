# SPDX-License-Identifier: Apache-2.0
"""Runs the cases and collects rows for the page."""

import json
import sys
from pathlib import Path

import numpy as np

from cases import ANSWERS, FIGURES, samples, stretch
from runtimes import LiteRT, ONNXRuntime, Thimble

MAP_MODEL = "segmentation/deeplabv3_mnv2_dm05_513_uint8.tflite"
MAP_STRIDE = 20  # every so many pictures: reference kernels take seconds for each


class Measurements:
    """Every table's rows, and what is out of bounds."""

    def __init__(self, thimble, assets, data, scratch, wanted):
        self.thimble = Thimble(thimble)
        self.assets = Path(assets)
        self.data = data
        self.scratch = Path(scratch)
        self.wanted = wanted
        self.programs = {}
        self.folder_count = 0
        self.figures, self.answers, self.errors, self.maps = [], [], [], []
        self.problems = []

    def run(self):
        references = json.loads((self.assets / "reference_accuracy.json").read_text())["values"]
        for case in filter(self.is_wanted, FIGURES):
            self.measure_figures(case, references)
        for case in filter(self.is_wanted, ANSWERS):
            self.measure_answers(case)
        self.measure_autoencoders()
        self.measure_sine()
        self.measure_maps()

    # -- What all share

    def is_wanted(self, case):
        return self.is_wanted_model(case.model)

    def is_wanted_model(self, model):
        return not self.wanted or any(part in model for part in self.wanted)

    def program(self, model, shapes=()):
        """The compiled model, or None when it does not compile, which is a problem."""
        key = (model, shapes)
        if key not in self.programs:
            program = self.scratch / f"{len(self.programs)}.thimble"
            error = self.thimble.compile(self.assets / "models" / model, program, shapes)
            if error:
                self.problem(f"{model}: {error.splitlines()[0]}")
            self.programs[key] = None if error else program
        return self.programs[key]

    def evaluate(self, case, metrics=(), shapes=()):
        program = self.program(case.model, shapes)
        if not program:
            return None
        self.folder_count += 1
        folder = case.folder(self.data, f"data-{self.folder_count}")
        return self.thimble.evaluate(program, folder, metrics)

    def runtimes(self, model):
        """The runtime with optimised kernels, and with those of the definition."""
        path = self.assets / "models" / model
        if model.endswith(".onnx"):
            return ONNXRuntime(path, is_optimised=True), ONNXRuntime(path)
        return LiteRT(path), LiteRT(path, is_reference=True)

    def problem(self, text):
        print(f"out of bounds: {text}", file=sys.stderr)
        self.problems.append(text)

    # -- Tables

    def measure_figures(self, case, references):
        report = self.evaluate(case, case.metrics, case.shapes)
        found = {metric["name"]: metric for metric in report["metrics"]} if report else {}
        name = Path(case.model).stem
        for metric, title in case.references.items():
            reference, count = references[f"{name}:{title}"]
            if case.inputs:
                reference = self.measured_reference(case)
            row = found.get(metric)
            self.figures.append(
                (name, case.shown_data, metric, count, reference, bool(case.inputs), row))
            if not row:
                continue
            print(f"{name} {metric}: {row['value']:.4f}, reference {reference}", file=sys.stderr)
            # References are rounded to four digits.
            if row["n"] != count or abs(row["value"] - reference) > case.tolerance + 5e-5:
                self.problem(f"{name} {metric}: {row['value']:.4f} instead of {reference}")

    def measured_reference(self, case):
        """The share of right answers of the model's own runtime, digit by digit."""
        runtime, _ = self.runtimes(case.model)
        answers = [runtime(values)[0].argmax() for values in case.inputs(self.data)]
        return float((np.array(answers) == self.data.mnist()[1]).mean())

    def measure_answers(self, case):
        report = self.evaluate(case)
        if not report:
            return
        ours = np.array(report["predictions"])
        optimised, reference = self.runtimes(case.model)
        fast, exact = [], []
        for values in case.inputs(self.data):
            fast.append(case.answer(optimised(values)))
            exact.append(case.answer(reference(values)))
        fast, exact = np.array(fast), np.array(exact)
        counts = [int((a != b).sum()) for a, b in [(ours, fast), (ours, exact), (fast, exact)]]
        name = Path(case.model).name
        print(f"{name} disagreements: {counts}", file=sys.stderr)
        self.answers.append((name, case.shown_data, len(ours), *counts))
        if max(counts[:2]) > counts[2]:
            self.problem(f"{name}: {counts[:2]} disagreements, the kernel sets {counts[2]}")

    def measure_autoencoders(self):
        """The squared distance from LiteRT's answers to spectra like those of machines."""
        random = np.random.default_rng(1)
        spectra = (random.normal(-20, 8, (200, 1)) + random.normal(0, 6, (200, 640)))
        self.measure_errors("mlperf-tiny/ad01_fp32.tflite", "random spectra", spectra)
        self.measure_errors("mlperf-tiny/ad01_int8.tflite", "random spectra", spectra)

    def measure_sine(self):
        """The squared distance from the sine that the model was trained to give."""
        x = np.linspace(0, 2 * np.pi, 1000)[:, None]
        for model in ("toy/hello_world_fp32.tflite", "toy/hello_world_int8.tflite"):
            self.measure_errors(model, "the sine", x, np.sin(x))

    def measure_errors(self, model, shown_data, inputs, truth=None):
        """Mean squared errors of Thimble and LiteRT; without a truth, of Thimble from LiteRT."""
        if not self.is_wanted_model(model) or not self.program(model):
            return
        inputs = inputs.astype(np.float32)
        runtime = LiteRT(self.assets / "models" / model, is_reference=True)
        answers = np.stack([runtime.real(runtime(x[None])[0])[0] for x in inputs])
        target = answers if truth is None else truth
        self.folder_count += 1
        folder = self.data.arrays(
            f"data-{self.folder_count}", target.astype(np.float32), x=inputs)
        (metric,) = self.thimble.evaluate(self.program(model), folder, ["mse"])["metrics"]
        theirs = float(((answers - target) ** 2).mean())
        self.errors.append(
            (Path(model).name, shown_data, len(inputs), metric["value"], theirs,
             float(target.var())))

    def measure_maps(self):
        """Pixels to which segmentation in 8 bits gives another class."""
        program = self.program(MAP_MODEL) if self.is_wanted_model(MAP_MODEL) else None
        if not program:
            return
        optimised, reference = self.runtimes(MAP_MODEL)
        counts, pixels, pictures = np.zeros(3, int), 0, 0
        for pet in self.data.pets[::MAP_STRIDE]:
            values = samples(stretch(self.data.picture(pet), 513))
            (ours,) = self.thimble.outputs(program, optimised.input["name"], values, self.scratch)
            fast, exact = optimised(values)[0], reference(values)[0]
            counts += [(a != b).sum() for a, b in [(ours, fast), (ours, exact), (fast, exact)]]
            pixels += ours.size
            pictures += 1
        shares = counts / pixels
        self.maps.append((Path(MAP_MODEL).name, pictures, *shares))
        if min(shares[:2]) > 0.01:
            self.problem(f"{MAP_MODEL}: {shares[:2]} of the pixels have another class")
