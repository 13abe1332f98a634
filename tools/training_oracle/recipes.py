# SPDX-License-Identifier: Apache-2.0
"""How networks are trained: one recipe for each accuracy of docs/training-oracle.md."""

import math
from dataclasses import dataclass, field

import torch


@dataclass
class Recipe:
    network: str  # of tools/make-networks
    data: str  # of tools/make-datasets
    epochs: int
    optimizer: str
    rate: float
    decay: float = 0.0  # of weights of rank 2 and more, decoupled for AdamW, else L2
    momentum: float = 0.0
    schedule: str = "cosine"
    warm_up: int = 0  # steps
    batch: int = 32
    smoothing: float = 0.0  # of the labels
    augmentation: dict = field(default_factory=dict)
    seeds: tuple = (1,)


RECIPES = {
    "mnist": Recipe(
        "cnn", "mnist", epochs=15, optimizer="adamw", rate=3e-3, decay=0.01, seeds=(1, 2, 3),
        augmentation={"shift": (2, 2)}),
    "fashion": Recipe("fashion", "fashion", epochs=6, optimizer="adamw", rate=3e-3, decay=0.01),
    "keywords": Recipe(
        "dscnn", "keywords", epochs=40, optimizer="adamw", rate=3e-3, decay=0.05, seeds=(1, 2, 3),
        augmentation={"shift": (4, 0)}),
}


@dataclass
class Transfer:
    """By AdamW, with normalisations as they are and half of the photographs mirrored."""

    data: str  # of tools/make-datasets
    trainable: str  # head, last-block
    epochs: int
    rate: float
    rate_of_others: float = 0.02  # over that of the head
    decay: float = 0.01
    schedule: str = "cosine"
    warm_up: int = 0
    batch: int = 4
    smoothing: float = 0.1
    seeds: tuple = (1, 2, 3)


TRANSFERS = {
    "pets-head": Transfer("pets", "head", epochs=30, rate=1e-3),
    "pets-last-block": Transfer("pets", "last-block", epochs=10, rate=1e-3),
    "species-head": Transfer("species", "head", epochs=10, rate=1e-3),
    "species-last-block": Transfer("species", "last-block", epochs=4, rate=1e-3),
}


def optimizer_of(recipe, module):
    weights = module.weights()
    others = [parameter for parameter in module.parameters() if parameter.dim() < 2]
    groups = [{"params": weights, "weight_decay": recipe.decay},
              {"params": others, "weight_decay": 0}]
    if recipe.optimizer == "sgd":
        return torch.optim.SGD(groups, recipe.rate, recipe.momentum)
    return {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[recipe.optimizer](
        groups, recipe.rate)


def rate_at(recipe, step, steps):
    """The learning rate of a step of `steps`; both count from 0."""
    if step < recipe.warm_up:
        return recipe.rate * (step + 1) / recipe.warm_up
    if recipe.schedule == "constant":
        return recipe.rate
    progress = (step - recipe.warm_up) / (steps - recipe.warm_up)
    return recipe.rate * (1 + math.cos(math.pi * progress)) / 2


def augmented(images, settings, random):
    """A batch of images `[N, C, H, W]`, each changed by itself."""
    if "flip" in settings:
        is_flipped = torch.from_numpy(random.random(len(images)) < 0.5)
        images = torch.where(is_flipped[:, None, None, None], images.flip(3), images)
    if "shift" in settings:
        images = shifted(images, settings["shift"], random)
    if "noise" in settings:
        noise = random.standard_normal(tuple(images.shape)) * settings["noise"]
        images = images + torch.from_numpy(noise).to(images.dtype)
    return images


def shifted(images, most, random):
    """Each image moved by up to `most` pixels down and across; what comes in is 0."""
    rows, columns = (
        torch.from_numpy(random.integers(-extent, extent + 1, len(images))) for extent in most)
    height, width = images.shape[2:]
    row = torch.arange(height)[None, :, None] - rows[:, None, None]
    column = torch.arange(width)[None, None, :] - columns[:, None, None]
    is_inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
    number = torch.arange(len(images))[:, None, None]
    moved = images.permute(0, 2, 3, 1)[
        number, row.clamp(0, height - 1), column.clamp(0, width - 1)]
    return (moved * is_inside[..., None]).permute(0, 3, 1, 2)
