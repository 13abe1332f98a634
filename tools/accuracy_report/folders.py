# SPDX-License-Identifier: Apache-2.0
"""Makes data folders for `thimble evaluate` out of the shared data, and the same samples as arrays
for the models' own runtimes: by NumPy and Pillow, not by Thimble."""

import csv
import gzip
from pathlib import Path

import numpy as np
from PIL import Image

# The quantisation of the stored spectra, from the kws01 int8 model's input.
KWS_SCALE, KWS_ZERO_POINT = 0.5847029089927673, 83


class Data:
    """The shared data, and a place for folders made from it."""

    def __init__(self, assets, scratch):
        self.root = Path(assets) / "data"
        self.scratch = Path(scratch)
        with open(self.root / "pets/labels.csv", newline="") as file:
            self.pets = list(csv.DictReader(file))
        self.imagenet_pets = [pet for pet in self.pets if int(pet["imagenet1k_index"]) >= 0]

    def folder(self, name):
        path = self.scratch / name
        path.mkdir()
        return path

    # -- Pictures

    def picture(self, pet):
        return Image.open(self.root / "pets/images" / pet["file"]).convert("RGB")

    def pictures(self, name, pets, settings, columns):
        """A folder of pets: `columns` maps a column's name to a function of a pet."""
        path = self.folder(name)
        (path / "images").symlink_to(self.root / "pets/images")
        (path / "masks").symlink_to(self.root / "pets/masks")
        for labels in (self.root / "labels").iterdir():
            (path / labels.name).symlink_to(labels)
        (path / "preprocess.yaml").write_text(settings)
        with open(path / "labels.csv", "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["file", *columns])
            for pet in pets:
                writer.writerow([f"images/{pet['file']}", *(of(pet) for of in columns.values())])
        return path

    def classified_pets(self, name, settings):
        index = {"label": lambda pet: pet["imagenet1k_index"]}
        return self.pictures(name, self.imagenet_pets, settings, index)

    def labelled_pets(self, name, settings, labels):
        """Pets with labels from elsewhere, one for each."""
        of = {pet["file"]: label for pet, label in zip(self.pets, labels)}
        return self.pictures(name, self.pets, settings, {"label": lambda pet: of[pet["file"]]})

    def boxed_pets(self, name, settings, pets=None):
        edges = ["x0", "y0", "x1", "y1"]
        columns = {"label": lambda pet: pet["species"]}
        columns |= {edge: lambda pet, edge=edge: pet[f"body_{edge}"] for edge in edges}
        return self.pictures(name, pets or self.pets, settings, columns)

    def masked_pets(self, name, settings, pets=None):
        mask = {"mask": lambda pet: f"masks/{Path(pet['file']).stem}.png"}
        return self.pictures(name, pets or self.pets, settings, mask)

    # -- Arrays

    def arrays(self, name, truth, **inputs):
        path = self.folder(name)
        np.save(path / "y.npy", truth)
        for key, array in inputs.items():
            np.save(path / f"{key}.npy", array)
        return path

    def kws(self):
        """Stored spectra and their classes."""
        spectra = np.load(self.root / "kws/mfcc_int8_1000x49x10.npy")
        labels = np.load(self.root / "kws/labels_u8_1000.npy")
        return spectra.reshape(-1, 49, 10, 1), labels.astype(np.int64)

    def mnist(self):
        """Digits of 0 to 255, and their classes."""
        path = self.root / "mnist"
        images = gzip.open(path / "mnist-t5k-a-images-idx3-ubyte.gz").read()[16:]
        labels = gzip.open(path / "mnist-t5k-a-labels-idx1-ubyte.gz").read()[8:]
        images = np.frombuffer(images, np.uint8).reshape(-1, 28, 28)
        return images, np.frombuffer(labels, np.uint8).astype(np.int64)

    def sentences(self, part):
        """Tokens of pairs of sentences, `[pairs, 2, tokens]`, and how alike people find them."""
        path = self.root / "stsb-ccbysa"
        (tokens,) = path.glob(f"{part}_tokens_*.npy")
        return np.load(tokens).astype(np.int64), np.load(path / f"{part}_scores_f32.npy")


def kws_values(spectra):
    """Stored spectra as the numbers they stand for."""
    scale = np.float32(KWS_SCALE)
    return (spectra.astype(np.float32) - np.float32(KWS_ZERO_POINT)) * scale


def crop(image, size):
    """The middle of a picture."""
    left, top = (image.width - size) // 2, (image.height - size) // 2
    return image.crop((left, top, left + size, top + size))


def cover(image, size):
    """The middle of a picture that was scaled to cover a square."""
    scale = size / min(image.size)
    scaled = [max(size, int(extent * scale + 0.5)) for extent in image.size]
    return crop(image.resize(scaled, Image.BILINEAR), size)


def stretch(image, size):
    return image.resize((size, size), Image.BILINEAR)


def samples(image):
    """Samples of 0 to 255, `[1, height, width, 3]`."""
    return np.asarray(image)[None]
