# SPDX-License-Identifier: Apache-2.0
"""Writes golden curves: the loss at every step of training, by every optimiser, in float32 and
float64.

Networks and samples are written beside the curves, so that a test needs nothing else. Batch i has
rows 16 i to 16 i + 15 of the samples, which wrap around; a curve tells its first. The loss is the
mean cross-entropy in front of the update. Weights start as the file has them, in both precisions;
decay is on all parameters.
"""

import json
import platform

import numpy as np
import torch
from accuracy import network_file
from onnx_module import ONNXModule
from torch.nn import functional

NETWORKS = {"small-mlp": (1, 16, 16), "smooth-cnn": (1, 16, 16), "encoder": (16, 16)}
STEPS, BATCH, SAMPLES, CLASSES, SIZE = 300, 16, 512, 10, 16
MIDDLE = 120
# Some rounding's worth of change of each weight, to see whether a curve is steady under it.
NUDGE, NUDGES, STEADY = 2.0 ** -20, 4, 2e-5

# Settings that are not named have PyTorch's defaults; these are written into curves.json too. Rates
# and decays are powers of two, so that float32 rounds neither them nor 1 - rate * decay. They are
# low, since a high rate lets rounding grow until curves part.
OPTIMIZERS = {
    "sgd": ("SGD", {"lr": 2**-6}),
    "momentum": ("SGD", {"lr": 2**-9, "momentum": 0.9}),
    "momentum-l2": ("SGD", {"lr": 2**-9, "momentum": 0.9, "weight_decay": 2**-6}),
    "nesterov": ("SGD", {"lr": 2**-9, "momentum": 0.9, "nesterov": True}),
    "adagrad": ("Adagrad", {"lr": 2**-9, "eps": 1e-10}),
    "rmsprop": ("RMSprop", {"lr": 2**-13, "alpha": 0.99, "eps": 1e-8}),
    "adam": ("Adam", {"lr": 2**-12, "betas": (0.9, 0.999), "eps": 1e-8}),
    "adam-l2": ("Adam", {"lr": 2**-12, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 2**-6}),
    "adamw": ("AdamW", {"lr": 2**-12, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 2**-2}),
}


def make_samples():
    """Noisy pictures of ten blurred patterns; a tenth of the labels is wrong.

    So the loss stays far from 0, where relative differences would say nothing. Pixels are multiples
    of 16 below 256, and go in as (pixel - 120) / 256, which is exact.
    """
    random = np.random.default_rng(6)
    # Bilinear from 4 to 16 pixels.
    places = np.clip((np.arange(SIZE) + 0.5) / 4 - 0.5, 0, 3)
    spread = np.maximum(0, 1 - abs(places[:, None] - np.arange(4)))
    patterns = spread @ random.uniform(0, 16, (CLASSES, 4, 4)) @ spread.T
    labels = random.permutation(np.arange(SAMPLES) % CLASSES)
    pictures = 0.6 * patterns[labels] + random.normal(3.2, 3, (SAMPLES, SIZE, SIZE))
    pixels = np.clip(np.rint(pictures), 0, 15).astype(np.uint8) * 16
    is_wrong = np.arange(SAMPLES) % 10 == 9
    labels[is_wrong] = random.integers(0, CLASSES, is_wrong.sum())
    return pixels, labels


def curve(case, optimizer, first, dtype, nudge=None):
    """Losses of all steps from the batch `first` on, and the module that they end with.

    `nudge` seeds relative changes of the initial weights by up to NUDGE.
    """
    file, shape, (pixels, labels) = case
    module = ONNXModule(file).to(dtype).train()
    if nudge is not None:
        random = torch.Generator().manual_seed(nudge)
        for weights in module.parameters():
            change = torch.rand(weights.shape, generator=random, dtype=dtype) * 2 - 1
            weights.data *= 1 + NUDGE * change
    kind, settings = OPTIMIZERS[optimizer]
    update = getattr(torch.optim, kind)(module.parameters(), **settings)
    inputs = torch.from_numpy(pixels).to(dtype).sub(MIDDLE).div(256).reshape(-1, *shape)
    labels = torch.from_numpy(labels)
    losses = []
    for step in range(STEPS):
        rows = (torch.arange(BATCH) + (first + step) * BATCH) % SAMPLES
        loss = functional.cross_entropy(module(inputs[rows]), labels[rows])
        losses.append(loss.item())
        update.zero_grad()
        loss.backward()
        update.step()
    return np.array(losses), module


def running_statistics(module):
    """Where normalisations' statistics ended, to check momentum and the unbiased variance."""
    return {
        name.replace("/", "."): values.numpy() for name, values in module.named_buffers()
        if name.endswith(("/mean", "/variance"))}


def distance(losses, exact):
    """The largest relative distance of two curves, to two digits."""
    return float(f"{np.max(abs(losses - exact) / exact):.1e}")


def steady_curve(case, optimizer):
    """Curves from the first batch on from which small changes of the weights stay small.

    Where a ReLU's input comes so near to 0 that rounding decides its sign, a gradient changes by a
    whole sample's, and any two ways to compute in float32 part from there.
    """
    for first in range(SAMPLES // BATCH):
        exact, module = curve(case, optimizer, first, torch.float64)
        rounded, _ = curve(case, optimizer, first, torch.float32)
        moved = max(distance(rounded, exact), *(
            distance(curve(case, optimizer, first, torch.float64, nudge)[0], exact)
            for nudge in range(NUDGES)))
        print(f"  from batch {first}: within {moved:.1e}", flush=True)
        if moved < STEADY:
            return first, exact, rounded, moved, module
    raise SystemExit(f"{case[0].stem} {optimizer}: no steady curve; lower its rate")


def write(out):
    """Writes networks, samples.npz, curves.npz, statistics.npz and curves.json to a folder."""
    out.mkdir(parents=True, exist_ok=True)
    samples = make_samples()
    np.savez_compressed(out / "samples.npz", x=samples[0], y=samples[1].astype(np.uint8))
    curves, facts = {}, []
    for name, shape in NETWORKS.items():
        case = (network_file(name, out, batch=BATCH), shape, samples)
        for optimizer in OPTIMIZERS:
            first, exact, rounded, moved, module = steady_curve(case, optimizer)
            curves[f"{name}_{optimizer}_f64"] = exact
            curves[f"{name}_{optimizer}_f32"] = rounded.astype(np.float32)
            facts.append({
                "network": name, "optimizer": optimizer, "first batch": first,
                "float32 from float64": distance(rounded, exact), "nudged": moved})
            print(f"{name:10} {optimizer:12} {exact[0]:.3f} → {exact[-32:].mean():.3f}, "
                  f"least {exact.min():.3f}, {facts[-1]}", flush=True)
            if (name, optimizer) == ("smooth-cnn", "sgd"):
                np.savez_compressed(out / "statistics.npz", **running_statistics(module))
    np.savez_compressed(out / "curves.npz", **curves)
    (out / "curves.json").write_text(json.dumps(note(facts), indent=1) + "\n")


def note(facts):
    return {
        "made by": "tools/training-oracle curves Tests/TrainingTests/Fixtures/Curves",
        "PyTorch": torch.__version__, "NumPy": np.__version__,
        "CPU": torch.backends.cpu.get_cpu_capability(), "machine": platform.machine(),
        "steps": STEPS, "batch": BATCH, "input": "(x - 120) / 256",
        "optimizers": {
            name: {"kind": kind, **settings} for name, (kind, settings) in OPTIMIZERS.items()},
        "curves": facts,
    }
