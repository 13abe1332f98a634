# SPDX-License-Identifier: Apache-2.0
"""Measures the shared models and writes docs/accuracy.md; called by tools/accuracy.

    accuracy_report THIMBLE ASSETS [PART-OF-A-NAME ...]
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
    with tempfile.TemporaryDirectory() as scratch:
        measurements = Measurements(thimble, assets, Data(assets, scratch), scratch, wanted)
        measurements.run()
    if wanted:
        page.show(measurements)
    else:
        page.write(measurements)
    return 1 if measurements.problems else 0


sys.exit(main())
