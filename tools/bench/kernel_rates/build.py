# SPDX-License-Identifier: Apache-2.0
"""Compiles the kernels and the program that times them: what changed, and SwiftPM has not made."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
CACHE = ROOT / ".build/bench/kernels"
RELEASE = ROOT / ".build/release"
PROGRAM = CACHE / "kernel-rates"
FOLDERS = ["Sources/CKernels", "Sources/CPlatform", "tools/bench/kernel_rates/program"]
INCLUDES = ["Sources/CKernels/include", "Sources/CPlatform/include"]
# As SwiftPM compiles C for release.
FLAGS = ["-std=gnu17", "-O2", "-fPIC", "-g", "-fno-omit-frame-pointer", "-Wall", "-Wextra"]


def object_of(source):
    return CACHE / source.relative_to(ROOT).with_suffix(".o")


def swift_object_of(source):
    """The object that SwiftPM makes of a source of its own, with the same flags."""
    target, *rest = source.relative_to(ROOT / "Sources").parts
    return (RELEASE / f"{target}.build").joinpath(*rest).with_suffix(".c.o")


def is_current(made):
    """Whether the object is newer than all that it was made from."""
    rule = made.with_suffix(".d")
    if not made.exists() or not rule.exists():
        return False
    inputs = rule.read_text().replace("\\\n", " ").partition(": ")[2].split()
    newest = made.stat().st_mtime
    return all(Path(path).exists() and Path(path).stat().st_mtime <= newest for path in inputs)


def current_object(source):
    """The object of a source, made here or by SwiftPM; None when it has to be made."""
    candidates = [object_of(source)]
    if "Sources" in source.parts:
        candidates.append(swift_object_of(source))
    return next(filter(is_current, candidates), None)


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
    objects = {source: current_object(source) for source in sources}
    changed = [source for source in sources if objects[source] is None]
    if changed:
        print(f"compiling {len(changed)} files", file=sys.stderr)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        messages = list(pool.map(compile_source, changed))
    if any(not object_of(source).exists() for source in changed):
        sys.exit("".join(messages))
    objects |= {source: object_of(source) for source in changed}
    newest = max(made.stat().st_mtime for made in objects.values())
    if not PROGRAM.exists() or PROGRAM.stat().st_mtime < newest:
        subprocess.run(["clang", "-pthread", "-o", PROGRAM, *objects.values(), "-lm"], check=True)
    return PROGRAM


def code_sizes():
    """The bytes of code and constants of each kernel's file, by the kernel's symbol."""
    tool = shutil.which("llvm-size") or shutil.which("size")
    sources = (ROOT / FOLDERS[0]).rglob("*__*.c")
    kernels = {source.stem: current_object(source) for source in sources}
    if tool is None:
        return {}
    lines = subprocess.run(
        [tool, *kernels.values()], capture_output=True, text=True, check=True).stdout
    sizes = [int(line.split()[0]) for line in lines.splitlines()[1:]]
    # Kernels of other architectures are empty.
    return {kernel: size for kernel, size in zip(kernels, sizes) if size}
