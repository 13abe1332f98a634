# SPDX-License-Identifier: Apache-2.0
"""Writes the tables of docs/accuracy.md between the marks that the page has for them."""

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent.parent / "docs/accuracy.md"


def figures(rows):
    yield "| model | data | metric | n | reference | Thimble | 95 % interval |"
    yield "|---|---|---|--:|--:|--:|---|"
    for name, data, metric, count, reference, is_measured, row in rows:
        expected = f"{reference:.4f}{' *' if is_measured else ''}"
        if row:
            interval = f"{row['low']:.3f} to {row['high']:.3f} ({row['interval']})"
            ours = f"{row['value']:.4f}"
        else:
            interval, ours = "", "does not compile yet"
        yield f"| {name} | {data} | {metric} | {count} | {expected} | {ours} | {interval} |"


def answers(rows):
    yield ("| model | data | n | Thimble, optimised kernels | Thimble, defining kernels "
           "| optimised, defining |")
    yield "|---|---|--:|--:|--:|--:|"
    for name, data, count, fast, exact, between in rows:
        yield f"| {name} | {data} | {count} | {fast} | {exact} | {between} |"


def errors(rows):
    yield ("| model | data | n | mean squared error of Thimble | of LiteRT "
           "| variance of the target |")
    yield "|---|---|--:|--:|--:|--:|"
    for name, data, count, ours, theirs, variance in rows:
        yield f"| {name} | {data} | {count} | {ours:.3g} | {theirs:.3g} | {variance:.3g} |"


def maps(rows):
    yield ("| model | pictures | Thimble, optimised kernels | Thimble, defining kernels "
           "| optimised, defining |")
    yield "|---|--:|--:|--:|--:|"
    for name, pictures, *shares in rows:
        yield f"| {name} | {pictures} | " + " | ".join(f"{share:.2%}" for share in shares) + " |"


def tables(measurements):
    return {
        "figures": figures(measurements.figures),
        "answers": answers(measurements.answers),
        "errors": errors(measurements.errors),
        "maps": maps(measurements.maps),
    }


def write(measurements):
    """Replaces what is between `<!-- NAME -->` and `<!-- end -->`."""
    text = PAGE.read_text(encoding="utf-8")
    for name, lines in tables(measurements).items():
        body = f"<!-- {name} -->\n" + "\n".join(lines) + "\n<!-- end -->"
        pattern = rf"<!-- {name} -->\n.*?<!-- end -->"
        text, count = re.subn(pattern, lambda _: body, text, flags=re.DOTALL)
        if count != 1:
            raise SystemExit(f"{PAGE.name} has no place for the table of {name}")
    PAGE.write_text(text, encoding="utf-8")


def show(measurements):
    for name, lines in tables(measurements).items():
        print(f"{name}\n" + "\n".join(lines) + "\n")
