# SPDX-License-Identifier: Apache-2.0
"""The shortest time that this CPU could take for a kernel's work: its arithmetic, or its bytes."""

from pathlib import Path

# Per instruction set, the peak for int8, for fused and for unfused float32.
ARITHMETIC = {
    "sse41": ("pmaddwd 128", "muladd 128", "muladd 128"),
    "avx2": ("pmaddwd 256", "fma 256", "muladd 256"),
    "avxvnni": ("vpdpbusd 256", "fma 256", "muladd 256"),
    "avx512": ("pmaddwd 512", "fma 512", "muladd 512"),
    "avx512vnni": ("vpdpbusd 512", "fma 512", "muladd 512"),
}


CACHES = Path("/sys/devices/system/cpu/cpu0/cache")


def cache_sizes():
    """The bytes of each level's data cache, from the smallest."""
    sizes = {}
    for cache in sorted(CACHES.glob("index*")):
        kind, level, size = (
            (cache / name).read_text().strip() for name in ("type", "level", "size"))
        if kind != "Instruction":
            sizes[f"L{level}"] = int(size.removesuffix("K")) * 1024
    return sizes or {"L1": 32 << 10, "L2": 512 << 10}


class Limits:
    """Peaks by name in multiply-accumulates or bytes a second."""

    def __init__(self, records):
        self.peaks = {r["peak"]: r["per_second"] for r in records if "peak" in r}
        self.caches = cache_sizes()

    def arithmetic(self, contract, isa):
        """The name of the peak of what a contract computes with; None where there is none."""
        kind = 0 if "s8_" in contract else 1 if contract.endswith("_fma") else 2
        name = ARITHMETIC.get(isa, (None,) * 3)[kind]
        return name if name in self.peaks else None

    def level(self, size):
        """The nearest memory that so many bytes fit into."""
        for level, capacity in self.caches.items():
            if size <= capacity:
                return level
        return "DRAM"

    def bytes_time(self, read, written, held):
        """Seconds, and the memory of so many bytes: what is read and written moves as a copy."""
        level = self.level(held)
        both = min(read, written)
        seconds = (
            2 * both / self.peaks[f"{level} copy"]
            + (read - both) / self.peaks[f"{level} read"]
            + (written - both) / self.peaks[f"{level} write"])
        return seconds, level

    def least(self, contract, isa, macs, read, written, held):
        """Seconds at the least, and what sets them."""
        seconds, bound = self.bytes_time(read, written, held)
        peak = self.arithmetic(contract, isa) if macs else None
        if peak and macs / self.peaks[peak] > seconds:
            return macs / self.peaks[peak], peak
        # Where the arithmetic has no peak, bytes alone say nothing.
        return (None, "") if macs and not peak else (seconds, bound)
