# SPDX-License-Identifier: Apache-2.0
"""Measures the shared models and writes docs/accuracy.md; called by tools/accuracy.

    accuracy_report THIMBLE ASSETS [int8] [PART-OF-A-NAME ...]
"""

import sys
import tempfile

import page
from folders import Data
from measure import Measurements


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    thimble, assets, *wanted = sys.argv[1:]
    if wanted[:1] == ["int8"]:
        return measure_int8(thimble, assets, wanted[1:])
    with tempfile.TemporaryDirectory() as scratch:
        measurements = Measurements(thimble, assets, Data(assets, scratch), scratch, wanted)
        measurements.run()
    if wanted:
        page.show(measurements)
    else:
        page.write(measurements)
    return 1 if measurements.problems else 0


def measure_int8(thimble, assets, wanted):
    from int8 import measure
    from int8 import page as table

    with tempfile.TemporaryDirectory() as scratch:
        measurements = measure.Measurements(thimble, assets, Data(assets, scratch), scratch, wanted)
        measurements.run(table.write)
    return 1 if measurements.problems else 0


sys.exit(main())
