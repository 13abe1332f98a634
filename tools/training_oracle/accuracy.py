# SPDX-License-Identifier: Apache-2.0
"""What accuracy PyTorch reaches from scratch by a recipe."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import torch
from onnx_module import ONNXModule
from recipes import RECIPES, augmented, optimizer_of, rate_at
from torch.nn import functional

TOOLS = Path(__file__).resolve().parent.parent


def arrays(folder):
    return torch.from_numpy(np.load(folder / "x.npy")), torch.from_numpy(np.load(folder / "y.npy"))


def network_file(name, folder, seed=1, batch=1):
    """A network with initial weights, written by tools/make-networks."""
    command = [TOOLS / "make-networks", folder, name, "--seed", seed, "--batch", batch]
    subprocess.run([sys.executable, *map(str, command)], check=True)
    return folder / f"{name}.onnx"


def train(recipe, module, samples, labels, seed, after_epoch):
    """Trains on whole batches of an order drawn anew each epoch."""
    random = np.random.default_rng(seed)
    torch.manual_seed(seed)  # for dropout
    optimizer = optimizer_of(recipe, module)
    per_epoch = len(samples) // recipe.batch
    for epoch in range(recipe.epochs):
        module.train()
        order = torch.from_numpy(random.permutation(len(samples)))
        for number in range(per_epoch):
            rows = order[number * recipe.batch:(number + 1) * recipe.batch]
            step = epoch * per_epoch + number
            for group in optimizer.param_groups:
                group["lr"] = rate_at(recipe, step, recipe.epochs * per_epoch)
            batch = augmented(samples[rows], recipe.augmentation, random)
            loss = functional.cross_entropy(
                module(batch), labels[rows], label_smoothing=recipe.smoothing)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        after_epoch(epoch + 1, loss.item())


@torch.no_grad()
def accuracy(module, samples, labels):
    module.eval()
    answers = torch.cat([module(batch).argmax(1) for batch in samples.split(500)])
    return (answers == labels).double().mean().item()


def measure(name, data, scratch):
    """Accuracies on the test set after the last epoch, one for each seed."""
    recipe = RECIPES[name]
    training = arrays(data / recipe.data / "train")
    test = arrays(data / recipe.data / "test")
    results = []
    for seed in recipe.seeds:
        module = ONNXModule(network_file(recipe.network, scratch, seed))
        start = time.monotonic()

        def report(epoch, loss):
            seconds = time.monotonic() - start
            print(f"{name} seed {seed} epoch {epoch}: loss {loss:.4f}, "
                  f"test {accuracy(module, *test):.4f}, {seconds:.0f} s", flush=True)

        train(recipe, module, *training, seed, report)
        results.append(accuracy(module, *test))
    return results
