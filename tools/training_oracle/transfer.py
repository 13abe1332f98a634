# SPDX-License-Identifier: Apache-2.0
"""What PyTorch reaches on photographs of pets with a pretrained EfficientNet-Lite0 and a new head.

What is frozen is computed once, for each photograph and its mirror image.
"""

import os
from pathlib import Path

import numpy as np
import torch
from onnx_module import ONNXModule
from PIL import Image
from recipes import TRANSFERS, rate_at
from torch import nn
from torch.nn import functional

MODEL = "models/classification/efficientnet_lite0_fp32.onnx"
SIZE = 224
# What is frozen ends here: before the last of the blocks, or before the head.
ENDS = {"head": "features", "last-block": "_blocks.14.add"}


def photographs(folder):
    """Images `[N, 3, 224, 224]` as EfficientNet-Lite0 takes them, and labels."""
    classes = (folder / "classes.txt").read_text().split("\n")
    images, labels = [], []
    for path in sorted(folder.glob("*/*.jpg")):
        image = Image.open(path).convert("RGB")
        left, top = (image.width - SIZE) // 2, (image.height - SIZE) // 2
        pixels = np.asarray(image.crop((left, top, left + SIZE, top + SIZE)), np.float32)
        images.append(((pixels - 127) / 128).transpose(2, 0, 1))
        labels.append(classes.index(path.parent.name))
    return torch.from_numpy(np.stack(images)), torch.tensor(labels)


@torch.no_grad()
def frozen_part(module, images, end):
    """The values at `end` of images and of their mirror images."""
    module.eval()
    return [
        torch.cat([module(part, until=end) for part in batch.split(16)])
        for batch in (images, images.flip(3))]


def replace_head(module, classes):
    """A new classifier of zeros: few samples never unlearn what is random in many weights."""
    inputs = getattr(module, "_fc/weight").shape[1]
    setattr(module, "_fc/weight", nn.Parameter(torch.zeros(classes, inputs)))
    setattr(module, "_fc/bias", nn.Parameter(torch.zeros(classes)))


def optimizer_of(recipe, module, trainable):
    """The head learns at the recipe's rate, other layers at a part of it."""
    groups = []
    for name, parameter in module.named_parameters():
        if name in trainable:
            factor = 1 if name.startswith("_fc/") else recipe.rate_of_others
            groups.append({
                "params": [parameter], "factor": factor,
                "weight_decay": recipe.decay if parameter.dim() > 1 else 0})
    return torch.optim.AdamW(groups, recipe.rate)


def trainable_names(module, end):
    """The parameters of nodes behind a value."""
    behind = [step.output for step in module.steps].index(end) + 1
    used = {name.replace(".", "/") for step in module.steps[behind:] for name in step.inputs}
    return used & {name for name, _ in module.named_parameters()}


def train(recipe, module, end, values, labels, seed):
    random = np.random.default_rng(seed)
    module.frozen_normalizations = True
    module.train()
    optimizer = optimizer_of(recipe, module, trainable_names(module, end))
    per_epoch = len(labels) // recipe.batch
    for epoch in range(recipe.epochs):
        order = torch.from_numpy(random.permutation(len(labels)))
        for number in range(per_epoch):
            rows = order[number * recipe.batch:(number + 1) * recipe.batch]
            is_mirrored = torch.from_numpy(random.random(len(rows)) < 0.5)
            is_mirrored = is_mirrored.reshape(-1, *[1] * (values[0].dim() - 1))
            batch = torch.where(is_mirrored, values[1][rows], values[0][rows])
            rate = rate_at(recipe, epoch * per_epoch + number, recipe.epochs * per_epoch)
            for group in optimizer.param_groups:
                group["lr"] = rate * group["factor"]
            loss = functional.cross_entropy(
                module(batch, start=end), labels[rows], label_smoothing=recipe.smoothing)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


def measure(name, data):
    """How many of the photographs to test on are told right, one figure for each seed."""
    recipe = TRANSFERS[name]
    end = ENDS[recipe.trainable]
    images, labels = photographs(data / recipe.data / "train")
    test_images, test_labels = photographs(data / recipe.data / "test")
    file = Path(os.environ["THIMBLE_ASSETS"]) / MODEL
    frozen = ONNXModule(file)
    values = frozen_part(frozen, images, end)
    test_values = frozen_part(frozen, test_images, end)[0]
    results = []
    for seed in recipe.seeds:
        module = ONNXModule(file)
        replace_head(module, int(labels.max()) + 1)
        train(recipe, module, end, values, labels, seed)
        module.eval()
        with torch.no_grad():
            answers = module(test_values, start=end).argmax(1)
        results.append(int((answers == test_labels).sum()))
        print(f"{name} seed {seed}: {results[-1]} of {len(test_labels)}", flush=True)
    return results, len(test_labels)
