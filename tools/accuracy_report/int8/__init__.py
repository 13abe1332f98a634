# SPDX-License-Identifier: Apache-2.0
"""Float models in int8: by Thimble, by ONNX Runtime, and as they were shipped."""
