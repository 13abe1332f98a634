# SPDX-License-Identifier: Apache-2.0
"""The float models, the samples that calibrate each, and those that test it. None does both."""

from dataclasses import dataclass
from typing import Callable

import numpy as np
from PIL import Image

from cases import (
    DEEPLAB_FLOAT, EFFICIENTNET, MOBILENET_FLOAT, MOBILENET_UINT8, YOLOX, efficientnet, nchw,
    resnet8, sentence_shapes, wake_words)
from folders import crop, kws_values, samples, stretch

SNR = "signal to noise"  # of outputs against the float model's, in dB
SENTENCE_TOKENS = 28  # the longest of both parts; the rest is padded and masked


@dataclass
class Case:
    model: str
    metric: str
    # Which samples calibrate and which test, for the page.
    split: str
    # Folders of the two, of a `Data` and a name.
    calibration: Callable
    test: Callable
    # The samples that calibrate as arrays, by input, one run after another.
    inputs: Callable
    # The int8 model of the same network that others made, if any.
    shipped: str = None
    # Its folder to test on, where it takes other inputs.
    shipped_test: Callable = None
    shapes: tuple = ()
    # What the mixture of precisions of one more row shall reach, as options of thimble compile.
    goal: tuple = ()
    # Whether forms with weights stored in fewer bits are measured too.
    is_stored: bool = False

    @property
    def name(self):
        return self.model.split("/")[-1].rsplit(".", 1)[0]


# -- Keywords and digits

def every_fifth(count, calibrates):
    return (np.arange(count) % 5 == 0) == calibrates


def keywords(calibrates):
    def make(data, name):
        spectra, labels = data.kws()
        chosen = every_fifth(len(labels), calibrates)
        return data.arrays(name, labels[chosen], x=kws_values(spectra[chosen]))
    return make


def keyword_inputs(data):
    spectra, labels = data.kws()
    for spectrum in kws_values(spectra[every_fifth(len(labels), True)]):
        yield [spectrum[None]]


def chosen_digits(data, calibrates):
    images, labels = data.mnist()
    chosen = every_fifth(len(labels), calibrates)
    # A fifth of those that calibrate are enough.
    step = 5 if calibrates else 1
    return images[chosen][::step].astype(np.float32), labels[chosen][::step]


def digits(calibrates, scale, shape):
    def make(data, name):
        images, labels = chosen_digits(data, calibrates)
        return data.arrays(name, labels, x=(images / np.float32(scale)).reshape(-1, *shape))
    return make


def digit_inputs(scale, shape):
    def make(data):
        for image in chosen_digits(data, True)[0]:
            yield [(image / np.float32(scale)).reshape(1, *shape)]
    return make


# -- Pets

def others(data):
    """The pets without a class of ImageNet."""
    return [pet for pet in data.pets if int(pet["imagenet1k_index"]) < 0]


def third(data, calibrates):
    return [pet for index, pet in enumerate(data.pets) if (index % 3 == 0) == calibrates]


def unclassified(settings):
    return lambda data, name: data.pictures(name, others(data), settings, {"label": lambda _: 0})


def classified(settings):
    return lambda data, name: data.classified_pets(name, settings)


def boxed(calibrates):
    return lambda data, name: data.boxed_pets(name, YOLOX, third(data, calibrates))


def masked(calibrates):
    return lambda data, name: data.masked_pets(name, DEEPLAB_FLOAT, third(data, calibrates))


def picture_inputs(arrange, pets):
    def make(data):
        for pet in pets(data):
            yield [arrange(data.picture(pet))]
    return make


def calibrating_third(data):
    return third(data, True)


def mobilenet(image):
    return ((samples(crop(image, 224)) - 127.5) / 127.5).astype(np.float32)


def deeplab(image):
    return ((samples(stretch(image, 257)) - 127.5) / 127.5).astype(np.float32)


def yolox(image):
    scale = 416 / max(image.size)
    fitted = Image.new("RGB", (416, 416), (114, 114, 114))
    fitted.paste(image.resize([int(extent * scale) for extent in image.size], Image.BILINEAR))
    return nchw(samples(fitted)[..., ::-1].astype(np.float32))


# -- Sentences

def padded(data, part):
    tokens, scores = data.sentences(part)
    return np.pad(tokens, ((0, 0), (0, 0), (0, SENTENCE_TOKENS - tokens.shape[-1]))), scores


def sentences(part):
    def make(data, name):
        tokens, scores = padded(data, part)
        return data.arrays(
            name, scores, input_ids=tokens, attention_mask=(tokens != 0).astype(np.int64),
            token_type_ids=np.zeros_like(tokens))
    return make


def sentence_inputs(part):
    def make(data):
        for row in padded(data, part)[0].reshape(-1, 1, SENTENCE_TOKENS):
            yield {"input_ids": row, "attention_mask": (row != 0).astype(np.int64),
                   "token_type_ids": np.zeros_like(row)}
    return make


# -- Inputs without a truth: the float model's answers are the truth, see measure.py

def pet_arrays(arrange, calibrates):
    def make(data):
        return np.concatenate(
            [arrange(data.picture(pet)) for pet in third(data, calibrates)])
    return make


def spectra_arrays(seed):
    """Spectra like those of machines."""
    def make(_):
        random = np.random.default_rng(seed)
        spectra = random.normal(-20, 8, (200, 1)) + random.normal(0, 6, (200, 640))
        return spectra.astype(np.float32)
    return make


def array_folder(arrays):
    return lambda data, name: data.arrays(name, np.zeros(len(arrays(data)), np.int64),
                                          x=arrays(data))


def array_inputs(arrays):
    return lambda data: ([row[None]] for row in arrays(data))


def without_truth(model, split, calibrating, testing, shipped, goal=()):
    return Case(model, SNR, split, array_folder(calibrating), testing, array_inputs(calibrating),
                shipped, goal=goal)


KEYWORD_SPLIT = "clips: index mod 5 = 0 calibrates, the others test"
DIGIT_SPLIT = "digits: index mod 25 = 0 calibrates, index mod 5 ≠ 0 tests"
CLASS_SPLIT = "pets: those without a class of ImageNet calibrate, those with one test"
THIRD_SPLIT = "pets: every third calibrates, the others test"

CASES = [
    Case("mlperf-tiny/kws01_dscnn_fp32.tflite", "top1", KEYWORD_SPLIT, keywords(True),
         keywords(False), keyword_inputs, "mlperf-tiny/kws01_dscnn_int8.tflite"),
    Case("classification/mnist-8.onnx", "top1", DIGIT_SPLIT, digits(True, 1, (1, 28, 28)),
         digits(False, 1, (1, 28, 28)), digit_inputs(1, (1, 28, 28))),
    Case("rnn/mnist_lstm_fp32.tflite", "top1", DIGIT_SPLIT, digits(True, 255, (28, 28)),
         digits(False, 255, (28, 28)), digit_inputs(255, (28, 28)), "rnn/mnist_lstm_int8.tflite"),
    Case("classification/mobilenet_v1_0.25_224_fp32.tflite", "top1", CLASS_SPLIT,
         unclassified(MOBILENET_FLOAT), classified(MOBILENET_FLOAT),
         picture_inputs(mobilenet, others), "classification/mobilenet_v1_0.25_224_uint8.tflite",
         classified(MOBILENET_UINT8), goal=("--max-drop", "3%")),
    Case("classification/efficientnet_lite0_fp32.onnx", "top1", CLASS_SPLIT,
         unclassified(EFFICIENTNET), classified(EFFICIENTNET),
         picture_inputs(efficientnet, others),
         "classification/efficientnet_lite0_int8_qdq.onnx"),
    Case("detection/yolox_nano_fp32.onnx", "detection", THIRD_SPLIT, boxed(True), boxed(False),
         picture_inputs(yolox, calibrating_third), goal=("--min-snr", "24")),
    Case("segmentation/deeplabv3_257_fp32.tflite", "miou", THIRD_SPLIT, masked(True),
         masked(False), picture_inputs(deeplab, calibrating_third)),
    Case("transformer/minilm_l6_vocab4k_fp16w.onnx", "spearman",
         "sentence pairs: dev calibrates, test tests", sentences("dev375"), sentences("test375"),
         sentence_inputs("dev375"), shapes=sentence_shapes(SENTENCE_TOKENS), is_stored=True),
    without_truth("mlperf-tiny/ic01_resnet8_fp32.tflite", THIRD_SPLIT + ", 32 x 32",
                  pet_arrays(resnet8, True), pet_arrays(resnet8, False),
                  "mlperf-tiny/ic01_resnet8_int8.tflite"),
    without_truth("mlperf-tiny/vww01_mobilenetv1_025_fp32.tflite", THIRD_SPLIT + ", 96 x 96",
                  pet_arrays(wake_words, True), pet_arrays(wake_words, False),
                  "mlperf-tiny/vww01_mobilenetv1_025_int8.tflite"),
    without_truth("mlperf-tiny/ad01_fp32.tflite",
                  "random spectra: 200 calibrate, 200 of another seed test",
                  spectra_arrays(2), spectra_arrays(1), "mlperf-tiny/ad01_int8.tflite"),
]
