# SPDX-License-Identifier: Apache-2.0
"""What is measured: which model on which data, and how its own runtime sees the same samples."""

from dataclasses import dataclass, field
from typing import Callable

import numpy as np

from folders import cover, crop, kws_values, samples, stretch

ONE_SAMPLE_IN_200 = 1 / 200
CLOSE = 0.003  # allowed for intersection over union and rank correlation


@dataclass
class Figures:
    """Figures that `reference_accuracy.json` has too."""

    model: str
    shown_data: str
    folder: Callable
    # From the metric's name in the report to that in the file of references.
    references: dict
    tolerance: float = ONE_SAMPLE_IN_200
    metrics: tuple = ()
    shapes: tuple = ()
    # The samples for the model's own runtime, where the reference was measured otherwise.
    inputs: Callable = None


@dataclass
class Answers:
    """Classes that a model gives, beside those of its own runtime; no labels are needed."""

    model: str
    shown_data: str
    folder: Callable
    # The same samples as arrays, one by one.
    inputs: Callable
    # The class in a runtime's outputs.
    answer: Callable = field(default=lambda outputs: int(outputs[0].reshape(-1).argmax()))


# -- Preprocessing, as each model was trained

MOBILENET_FLOAT = "resize: none\ncrop: 224\nmean: 127.5\nstd: 127.5\nlabel_offset: 1\n"
MOBILENET_UINT8 = "resize: none\ncrop: 224\nlabel_offset: 1\n"
EFFICIENTNET = "resize: none\ncrop: 224\nmean: 127\nstd: 128\n"
SSD = "resize: stretch\nclasses: coco_labelmap.txt\ndecoder: ssd\n"
YOLOX = (
    "resize: fit\nposition: corner\nfill: 114\nchannels: BGR\nclasses: coco80.txt\n"
    "decoder: yolox\n")
DEEPLAB_FLOAT = (
    "resize: stretch\nmean: 127.5\nstd: 127.5\nclasses: deeplab_labelmap.txt\n"
    "foreground: [cat, dog]\n")
DEEPLAB_UINT8 = (
    "resize: stretch\nclasses: deeplab_labelmap.txt\nforeground: [cat, dog]\n")
RESNET8 = "resize: cover\n"
WAKE_WORDS = "resize: cover\nstd: 255\n"

IMAGENET = {"top1": "pets ImageNet top-1", "top5": "pets ImageNet top-5"}
DETECTION = {
    "detection_class": "pets top-detection species acc", "detection": "pets species+IoU>=0.5"}
OVERLAP = {"miou": "pets mean IoU (cat|dog vs mask)"}
KWS = {"top1": "kws01 top-1"}
MNIST = {"top1": "MNIST t5k-a top-1"}


# -- Folders and inputs

def kws_folder(is_stored):
    def make(data, name):
        spectra, labels = data.kws()
        return data.arrays(name, labels, x=spectra if is_stored else kws_values(spectra))
    return make


def kws_inputs(is_stored):
    def make(data):
        spectra, _ = data.kws()
        for spectrum in spectra:
            yield (spectrum if is_stored else kws_values(spectrum))[None]
    return make


def mnist_folder(scale, shape):
    def make(data, name):
        images, labels = data.mnist()
        values = images.astype(np.float32) / np.float32(scale)
        return data.arrays(name, labels, x=values.reshape(-1, *shape))
    return make


def mnist_inputs(data):
    for image in data.mnist()[0]:
        yield image[None].astype(np.float32) / np.float32(255)


def sentence_folder(part):
    def make(data, name):
        tokens, scores = data.sentences(part)
        return data.arrays(
            name, scores, input_ids=tokens, attention_mask=(tokens != 0).astype(np.int64),
            token_type_ids=np.zeros_like(tokens))
    return make


def sentence_shapes(tokens):
    return tuple(
        f"{name}=1x{tokens}" for name in ("input_ids", "attention_mask", "token_type_ids"))


def classified(settings):
    return lambda data, name: data.classified_pets(name, settings)


def unlabelled(settings):
    """Labels are asked for but not used: the answers are."""
    return lambda data, name: data.labelled_pets(name, settings, [0] * len(data.pets))


def picture_inputs(arrange, pets="pets"):
    def make(data):
        for pet in getattr(data, pets):
            yield arrange(data.picture(pet))
    return make


def nchw(values):
    return np.ascontiguousarray(values.transpose(0, 3, 1, 2))


def resnet8(image):
    return samples(cover(image, 32)).astype(np.float32)


def wake_words(image):
    return (samples(cover(image, 96)) / 255).astype(np.float32)


def efficientnet(image):
    return nchw(((samples(crop(image, 224)) - 127.0) / 128).astype(np.float32))


def best_detection(outputs):
    _, classes, scores, _ = outputs
    return int(classes[0][scores[0].argmax()])


FIGURES = [
    Figures("classification/mobilenet_v1_0.25_224_fp32.tflite", "pets",
            classified(MOBILENET_FLOAT), IMAGENET),
    Figures("classification/mobilenet_v1_0.25_224_uint8.tflite", "pets",
            classified(MOBILENET_UINT8), IMAGENET),
    Figures("classification/efficientnet_lite0_fp32.onnx", "pets",
            classified(EFFICIENTNET), IMAGENET),
    Figures("classification/efficientnet_lite0_int8_qdq.onnx", "pets",
            classified(EFFICIENTNET), IMAGENET),
    Figures("detection/coco_ssd_mobilenet_v1_1.0_uint8.tflite", "pets",
            lambda data, name: data.boxed_pets(name, SSD), DETECTION),
    Figures("detection/yolox_nano_fp32.onnx", "pets",
            lambda data, name: data.boxed_pets(name, YOLOX), DETECTION),
    Figures("segmentation/deeplabv3_257_fp32.tflite", "pets",
            lambda data, name: data.masked_pets(name, DEEPLAB_FLOAT), OVERLAP, CLOSE),
    Figures("segmentation/deeplabv3_mnv2_dm05_513_uint8.tflite", "pets",
            lambda data, name: data.masked_pets(name, DEEPLAB_UINT8), OVERLAP, CLOSE),
    Figures("mlperf-tiny/kws01_dscnn_fp32.tflite", "kws", kws_folder(False), KWS),
    Figures("mlperf-tiny/kws01_dscnn_hybrid_int8weights.tflite", "kws", kws_folder(False), KWS),
    Figures("mlperf-tiny/kws01_dscnn_int8.tflite", "kws", kws_folder(True), KWS),
    # References were measured with the state of one digit carried into the next.
    Figures("rnn/mnist_lstm_fp32.tflite", "mnist", mnist_folder(255, (28, 28)), MNIST,
            inputs=mnist_inputs),
    Figures("rnn/mnist_lstm_int8.tflite", "mnist", mnist_folder(255, (28, 28)), MNIST,
            inputs=mnist_inputs),
    Figures("classification/mnist-8.onnx", "mnist", mnist_folder(1, (1, 28, 28)), MNIST),
    Figures("transformer/minilm_l6_vocab4k_fp16w.onnx", "stsb dev", sentence_folder("dev375"),
            {"spearman": "STS-B(CC BY-SA part) dev Spearman"}, CLOSE, ("spearman",),
            sentence_shapes(28)),
    Figures("transformer/minilm_l6_vocab4k_fp16w.onnx", "stsb test", sentence_folder("test375"),
            {"spearman": "STS-B(CC BY-SA part) test Spearman"}, CLOSE, ("spearman",),
            sentence_shapes(24)),
]

ANSWERS = [
    Answers("mlperf-tiny/kws01_dscnn_int8.tflite", "kws", kws_folder(True), kws_inputs(True)),
    Answers("mlperf-tiny/kws01_dscnn_hybrid_int8weights.tflite", "kws", kws_folder(False),
            kws_inputs(False)),
    Answers("rnn/mnist_lstm_int8.tflite", "mnist", mnist_folder(255, (28, 28)), mnist_inputs),
    Answers("classification/mobilenet_v1_0.25_224_uint8.tflite", "pets",
            classified(MOBILENET_UINT8),
            picture_inputs(lambda image: samples(crop(image, 224)), "imagenet_pets")),
    Answers("classification/efficientnet_lite0_int8_qdq.onnx", "pets", classified(EFFICIENTNET),
            picture_inputs(efficientnet, "imagenet_pets")),
    Answers("detection/coco_ssd_mobilenet_v1_1.0_uint8.tflite", "pets",
            lambda data, name: data.boxed_pets(name, SSD),
            picture_inputs(lambda image: samples(stretch(image, 300))), best_detection),
    Answers("mlperf-tiny/ic01_resnet8_int8.tflite", "pets, 32 x 32", unlabelled(RESNET8),
            picture_inputs(resnet8)),
    Answers("mlperf-tiny/vww01_mobilenetv1_025_int8.tflite", "pets, 96 x 96",
            unlabelled(WAKE_WORDS), picture_inputs(wake_words)),
    Answers("mlperf-tiny/ic01_resnet8_fp32.tflite", "pets, 32 x 32", unlabelled(RESNET8),
            picture_inputs(resnet8)),
    Answers("mlperf-tiny/ic01_resnet8_fp32.onnx", "pets, 32 x 32", unlabelled(RESNET8),
            picture_inputs(lambda image: nchw(resnet8(image)))),
    Answers("mlperf-tiny/vww01_mobilenetv1_025_fp32.tflite", "pets, 96 x 96",
            unlabelled(WAKE_WORDS), picture_inputs(wake_words)),
    Answers("mlperf-tiny/vww01_mobilenetv1_025_fp32.onnx", "pets, 96 x 96",
            unlabelled(WAKE_WORDS), picture_inputs(lambda image: nchw(wake_words(image)))),
]
