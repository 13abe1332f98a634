#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Picture in, BlazeFace's input out; BlazeFace's outputs in, faces in words and a picture out.

    face_boxes.py prepare PICTURE INPUT.npy
    face_boxes.py draw PICTURE OUTPUTS.npz RESULT.png

The two ends of the demo that are not inference: scaling the picture to the network's 128 x 128 and
reading its 896 anchors. Anchors and box coding follow the model card of MediaPipe's short-range
face detector (SSD anchors of fixed size on a 16 x 16 grid, two a cell, and an 8 x 8 grid, six a
cell).
"""
import sys

import numpy as np
from PIL import Image, ImageDraw

SIDE = 128  # pixels, the network's input
GRIDS = ((16, 2), (8, 6))  # (cells a side, anchors a cell)
MINIMUM_SCORE = 0.5
MAXIMUM_OVERLAP = 0.3  # intersection over union above which the weaker box is dropped
KEYPOINTS = ("right eye", "left eye", "nose", "mouth", "right ear", "left ear")


def prepare(picture, path):
    """Scales a square picture to the network's size, values in [-1, 1], NHWC."""
    image = Image.open(picture).convert("RGB").resize((SIDE, SIDE), Image.BILINEAR)
    np.save(path, np.asarray(image, np.float32)[None] / 127.5 - 1)


def anchor_centres():
    """Centres of all anchors, in fractions of the picture: 896 x 2 (x, y)."""
    centres = []
    for cells, anchors in GRIDS:
        y, x = np.mgrid[0:cells, 0:cells]
        grid = (np.stack([x, y], axis=-1).reshape(-1, 2) + 0.5) / cells
        centres.append(np.repeat(grid, anchors, axis=0))
    return np.concatenate(centres)


def faces(regressors, classificators):
    """Faces as (score, left, top, right, bottom, keypoints), strongest first, overlaps dropped."""
    scores = 1 / (1 + np.exp(-np.clip(classificators.reshape(-1), -80, 80)))
    coded = regressors.reshape(len(scores), 8, 2) / SIDE
    centre = coded[:, 0] + anchor_centres()
    half = coded[:, 1] / 2
    points = coded[:, 2:] + anchor_centres()[:, None]
    found = []
    for index in np.argsort(-scores):
        if scores[index] < MINIMUM_SCORE:
            break
        box = np.concatenate([centre[index] - half[index], centre[index] + half[index]])
        if all(overlap(box, other[1]) <= MAXIMUM_OVERLAP for other in found):
            found.append((scores[index], box, points[index]))
    return found


def overlap(a, b):
    """Intersection over union of two boxes (left, top, right, bottom)."""
    sides = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    shared = max(sides[0], 0) * max(sides[1], 0)
    area = lambda box: (box[2] - box[0]) * (box[3] - box[1])
    return shared / (area(a) + area(b) - shared)


def draw(picture, outputs, path):
    """Prints the faces, writes the picture with boxes and keypoints; fails when there is none."""
    image = Image.open(picture).convert("RGB")
    size = np.array(image.size)
    pen = ImageDraw.Draw(image)
    with np.load(outputs) as arrays:
        found = faces(arrays["regressors"], arrays["classificators"])
    for score, box, points in found:
        corners = (box.reshape(2, 2) * size).round().astype(int)
        print(f"face: score {score:.3f}, from ({corners[0][0]}, {corners[0][1]}) "
              f"to ({corners[1][0]}, {corners[1][1]}) of {size[0]} x {size[1]} pixels")
        pen.rectangle([tuple(corners[0]), tuple(corners[1])], outline=(0, 255, 0), width=3)
        for name, point in zip(KEYPOINTS, points * size):
            print(f"  {name}: ({point[0]:.0f}, {point[1]:.0f})")
            pen.ellipse([tuple(point - 3), tuple(point + 3)], fill=(255, 64, 64))
    if not found:
        sys.exit(f"no face with a score of {MINIMUM_SCORE} or more")
    image.save(path)


if __name__ == "__main__":
    commands = {"prepare": (prepare, 4), "draw": (draw, 5)}
    command, count = commands.get(sys.argv[1] if len(sys.argv) > 1 else "", (None, 0))
    if len(sys.argv) != count:
        sys.exit(__doc__)
    command(*sys.argv[2:])
