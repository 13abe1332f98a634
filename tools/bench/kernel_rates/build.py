# SPDX-License-Identifier: Apache-2.0
"""Compiles the kernels and the program that times them, again only what changed."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
CACHE = ROOT / ".build/bench/kernels"
PROGRAM = CACHE / "kernel-rates"
FOLDERS = ["Sources/CKernels", "Sources/CPlatform", "tools/bench/kernel_rates/program"]
INCLUDES = ["Sources/CKernels/include", "Sources/CPlatform/include"]
# As SwiftPM compiles C for release.
FLAGS = ["-std=gnu17", "-O2", "-fPIC", "-g", "-fno-omit-frame-pointer", "-Wall", "-Wextra"]


def object_of(source):
    return CACHE / source.relative_to(ROOT).with_suffix(".o")


def is_current(source):
    """Whether the object is newer than all that it was made from, this file included."""
    made = object_of(source)
    rule = made.with_suffix(".d")
    if not made.exists() or not rule.exists():
        return False
    inputs = rule.read_text().replace("\\\n", " ").partition(": ")[2].split()
    newest = made.stat().st_mtime
    return all(
        Path(path).exists() and Path(path).stat().st_mtime <= newest
        for path in [*inputs, __file__])


def compile_source(source):
    """Returns what the compiler said when it failed."""
    made = object_of(source)
    made.parent.mkdir(parents=True, exist_ok=True)
    includes = [f"-I{ROOT / folder}" for folder in INCLUDES]
    command = ["clang", *FLAGS, *includes, "-MMD", "-MF", made.with_suffix(".d")]
    done = subprocess.run(
        [*command, "-c", source, "-o", made], capture_output=True, text=True, check=False)
    if done.returncode:
        made.unlink(missing_ok=True)
    return done.stderr


def build():
    """Returns the program's path."""
    sources = sorted(file for folder in FOLDERS for file in (ROOT / folder).rglob("*.c"))
    changed = [source for source in sources if not is_current(source)]
    if changed:
        print(f"compiling {len(changed)} files", file=sys.stderr)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        messages = list(pool.map(compile_source, changed))
    if any(not object_of(source).exists() for source in changed):
        sys.exit("".join(messages))
    if changed or not PROGRAM.exists():
        objects = [object_of(source) for source in sources]
        subprocess.run(["clang", "-pthread", "-o", PROGRAM, *objects, "-lm"], check=True)
    return PROGRAM


def code_sizes():
    """The bytes of code and constants of each kernel's file, by the kernel's symbol."""
    tool = shutil.which("llvm-size") or shutil.which("size")
    objects = sorted((CACHE / "Sources/CKernels").rglob("*__*.o"))
    if tool is None:
        return {}
    lines = subprocess.run(
        [tool, *objects], capture_output=True, text=True, check=True).stdout.splitlines()[1:]
    kernels = {source.stem for source in (ROOT / "Sources/CKernels").rglob("*__*.c")}
    rows = (line.split() for line in lines)
    return {Path(row[-1]).stem: int(row[0]) for row in rows if Path(row[-1]).stem in kernels}
