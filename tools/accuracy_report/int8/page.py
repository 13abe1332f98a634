# SPDX-License-Identifier: Apache-2.0
"""Puts the rows into the table of docs/accuracy.md; rows of other networks stay."""

import re

from page import PAGE

from .cases import CASES, SNR

PROBLEM_LENGTH = 120
MARK, END = "<!-- int8 -->\n", "\n<!-- end -->"
HEADING = [
    "| network | metric | n | form | value | agrees with float |",
    "|---|---|--:|---|--:|--:|",
]


def line(row):
    cells = [row.case.name, row.case.metric]
    if row.problem:
        # Without paths, which are those of one run.
        problem = re.sub(r"\S*/|thimble: error: |\|", "", row.problem)[:PROBLEM_LENGTH]
        cells += ["", row.form, f"none: {problem}", ""]
    else:
        value = f"{row.value:.1f} dB" if row.case.metric == SNR else f"{row.value:.4f}"
        agreement = "" if row.agreement is None else f"{row.agreement:.2%}"
        cells += [str(row.count), row.form, value, agreement]
    return "| " + " | ".join(cells) + " |"


def lines(rows):
    return [line(row) for row in rows]


def write(rows):
    text = PAGE.read_text(encoding="utf-8")
    pattern = re.compile(f"(?<={re.escape(MARK)}).*?(?={re.escape(END)})", re.DOTALL)
    found = pattern.search(text)
    if not found:
        raise SystemExit(f"{PAGE.name} has no place for the table of int8")
    by_network = {}
    for old in found.group().splitlines()[len(HEADING):]:
        by_network.setdefault(old.split(" | ")[0].removeprefix("| "), []).append(old)
    for name in {row.case.name for row in rows}:
        by_network[name] = lines([row for row in rows if row.case.name == name])
    body = HEADING + [row for case in CASES for row in by_network.get(case.name, [])]
    PAGE.write_text(text[:found.start()] + "\n".join(body) + text[found.end():], encoding="utf-8")
