# SPDX-License-Identifier: Apache-2.0
"""TFLite models as converters before 2020 wrote them: uint8, one scale for each tensor."""

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from flatbuffers import flexbuffers

from import_fixtures.tflite_models import Builder, convolution, softmax

OPERATORS = schema.BuiltinOperator


def classifier():
    """Weights with zero points, a concatenation of three scales, softmax, a map of classes."""
    rng = np.random.default_rng(8)
    b = Builder()
    image = b.tensor("image", np.uint8, [1, 5, 6, 3], scale=1 / 128, zero_point=128)

    def weights(name, shape, zero_point):
        values = rng.integers(1, 256, shape)
        return b.tensor(name, np.uint8, shape, values, scale=0.01, zero_point=zero_point)

    def bias(name, count, scale):
        return b.tensor(name, np.int32, [count], rng.integers(-900, 900, count), scale=scale)

    features = b.tensor("features", np.uint8, [1, 5, 6, 4], scale=6 / 255, zero_point=0)
    b.operator(
        OPERATORS.CONV_2D, [image, weights("w0", [4, 3, 3, 3], 153), bias("b0", 4, 0.01 / 128)],
        [features], convolution(1, schema.ActivationFunctionType.RELU6))
    options = schema.DepthwiseConv2DOptionsT()
    options.padding, options.strideW, options.strideH = schema.Padding.SAME, 1, 1
    options.depthMultiplier = 1
    spread = b.tensor("spread", np.uint8, [1, 5, 6, 4], scale=0.05, zero_point=99)
    b.operator(
        OPERATORS.DEPTHWISE_CONV_2D,
        [features, weights("w1", [1, 3, 3, 4], 217), bias("b1", 4, 0.06 / 255)], [spread], options)
    joined = b.tensor("joined", np.uint8, [1, 5, 6, 11], scale=0.055, zero_point=101)
    options = schema.ConcatenationOptionsT()
    options.axis = 3
    b.operator(OPERATORS.CONCATENATION, [features, spread, image], [joined], options)
    classes = b.tensor("classes", np.int32, [1, 5, 6])
    axis = b.tensor("axis", np.int32, [], [3])
    options = schema.ArgMaxOptionsT()
    options.outputType = schema.TensorType.INT32
    b.operator(OPERATORS.ARG_MAX, [joined, axis], [classes], options)
    result = b.tensor("probabilities", np.uint8, [1, 5, 6, 11], scale=1 / 256, zero_point=0)
    b.operator(OPERATORS.SOFTMAX, [joined], [result], softmax())
    return b.finish([image], [classes, result])


def detector():
    """Both ways of TFLite_Detection_PostProcess; every other score is that of its neighbour."""
    rng = np.random.default_rng(9)
    b = Builder()
    boxes, classes = 40, 3
    code = b.tensor("code", np.uint8, [1, boxes, 4], scale=0.05, zero_point=120)
    stored = np.repeat(rng.integers(0, 256, (boxes // 2, classes + 1)), 2, axis=0)
    scores = b.tensor("scores", np.uint8, [1, boxes, classes + 1], stored, scale=1 / 256)
    anchors = rng.uniform(0.1, 0.6, (boxes, 4)) * 255
    places = b.tensor("anchors", np.uint8, [boxes, 4], anchors, scale=1 / 255)
    outputs = []
    for by_class in [False, True]:
        options = {
            "max_detections": 20 if by_class else 12, "max_classes_per_detection": 1,
            "detections_per_class": 5,
            "use_regular_nms": by_class, "nms_score_threshold": 0.25, "nms_iou_threshold": 0.4,
            "num_classes": classes, "y_scale": 10.0, "x_scale": 10.0, "h_scale": 5.0,
            "w_scale": 5.0,
        }
        kind = "by_class" if by_class else "by_box"
        results = [b.tensor(f"{kind}_{part}", np.float32, [])
                   for part in ["boxes", "classes", "scores", "count"]]
        b.operator(OPERATORS.CUSTOM, [code, scores, places], results)
        b.model.operatorCodes[-1].customCode = "TFLite_Detection_PostProcess"
        b.graph.operators[-1].customOptions = np.frombuffer(flexbuffers.Dumps(options), np.uint8)
        outputs += results
    return b.finish([code], outputs)
