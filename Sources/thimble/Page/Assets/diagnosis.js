// SPDX-License-Identifier: Apache-2.0
"use strict";

// The head of a diagnosis, and what its parts share.

const { model, report } = data;
const { diagnosis } = report;
const { layers, findings, cures } = diagnosis;
const commonFolder = commonFolderOf(layers.map((layer) => layer.name));

function short(name) {
  return name.startsWith(commonFolder) ? name.slice(commonFolder.length) : name;
}

function decibels(number, sign = "") {
  if (number === undefined) return "–";
  return `${number >= 0 ? sign : ""}${number.toFixed(1)} dB`.replace("-", "−");
}

function milliseconds(number) {
  return number === undefined ? "–" : `${number.toFixed(3)} ms`.replace("-", "−");
}

/** As many digits as say something. */
function number(value) {
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 1e6)) return value.toExponential(2);
  return Number.isInteger(value) || size >= 100 ? grouped(Math.round(value)) : value.toPrecision(3);
}

function cureName(cure) {
  return [cure.action, ...cure.nodes.map(short)].join(" ");
}

/** Lets an element tell what it stands for when it is pointed at. */
function tells(element, text) {
  element.setAttribute("aria-label", text);
  element.addEventListener("pointerenter", (event) => showTip(text, event));
  element.addEventListener("pointermove", moveTip);
  element.addEventListener("pointerleave", () => { tip.hidden = true; });
  return element;
}

{
  const file = model.slice(model.lastIndexOf("/") + 1);
  document.title = `${file} in int8 – Thimble`;
  const harms = findings.filter((finding) => finding.is_harmful && finding.is_present);
  const cured = findings.filter((finding) => finding.is_harmful && !finding.is_present);
  const drift = report.range_drift;
  const verdict = [
    harms.length === 0 ? "No known cause of noise was found." : `${grouped(harms.length)} found to be wrong.`,
    cured.length === 0 ? null : `${grouped(cured.length)} cured by balancing channels.`,
    !drift ? "One sample tells little of ranges." : drift.is_enough ? "The samples are enough."
      : `More samples would help: some ${grouped(drift.sufficient_samples)}.`,
  ];
  document.querySelector("header").append(
    html("h1", {}, `${file} in int8`),
    html("p", {}, [
      `ranges by ${report.method} of ${grouped(report.samples)} samples`,
      `${grouped(report.integer_layers)} layers in integers, ${
        grouped(report.float_layers.length)} in float`,
      `noise by ${grouped(diagnosis.measured_samples)} samples`,
    ].join(" · ")));
  const tile = (value, name, note, isMain) =>
    html("div", { class: isMain ? "tile main" : "tile" },
      html("b", {}, value), name, html("br"), html("span", {}, note));
  const tiles = html("div", { class: "tiles" },
    ...report.outputs.map((output) =>
      tile(decibels(output.decibels), "signal to noise", `at ${output.name}`, true)),
    tile(`${diagnosis.ms.toFixed(2)} ms`, "steps in int8",
      `${diagnosis.float_ms.toFixed(2)} ms in float, on this machine`),
    tile(drift ? `${(100 * drift.median_change).toFixed(1)} %` : "–", "ranges moved",
      "in the last half of the samples"));
  section("verdict", "Verdict", "Verdict",
    "How far the int8 model's outputs are from the float model's, on the samples.",
    html("p", { class: "verdict" }, verdict.filter(Boolean).join(" ")), tiles);
}
