// SPDX-License-Identifier: Apache-2.0
"use strict";

// What all parts of a program's page share.

const { report, steps, tensors, rectangles } = data;

// MARK: Text

const commonFolder = commonFolderOf(steps.map((step) => step.name));

function short(name) {
  return name.startsWith(commonFolder) ? name.slice(commonFolder.length) : name;
}

function describe(tensor) {
  const { dtype, scale, zero_point: zero } = tensor;
  const quantization = scale ? `, scale ${scale.toPrecision(5)}, zero point ${zero}` : "";
  return `${dtype} ${shape(tensor.shape)}${quantization}`;
}

function stepTitle(index) {
  const step = steps[index];
  return `step ${index}: ${step.operator ?? step.contract}`;
}

// MARK: Colours

/** The class of each operator: those with most steps have a hue of their own. */
const operatorClass = new Map();
const operatorCounts = new Map();
for (const step of steps) {
  const name = step.operator ?? step.contract;
  operatorCounts.set(name, (operatorCounts.get(name) ?? 0) + 1);
}
const byFrequency = [...operatorCounts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
byFrequency.forEach(([name], rank) => operatorClass.set(name, rank < 10 ? `k${rank}` : "kx"));

function stepClass(index) {
  return operatorClass.get(steps[index].operator ?? steps[index].contract);
}

function operatorLegend() {
  const entries = byFrequency.map(([name, uses]) =>
    html("span", { class: operatorClass.get(name) }, html("i"), `${name} ${uses}`));
  return html("div", { class: "legend" }, ...entries);
}

// MARK: Selection, the link between the views

const views = [];
let selected = null;

/** Elements of any view that stand for a step carry its number in `data-step`. */
function elementsOf(step) {
  return document.querySelectorAll(`[data-step="${step}"], [data-reader="${step}"]`);
}

function mark(step, name, isOn) {
  if (step === null) return;
  for (const element of elementsOf(step)) element.classList.toggle(name, isOn);
}

function select(step, origin) {
  mark(selected, "selected", false);
  selected = selected === step && origin ? null : step;
  mark(selected, "selected", true);
  if (selected === null) return;
  history.replaceState(null, "", `#step-${selected}`);
  for (const view of views) if (view.origin !== origin) view.reveal(selected);
}

/** Lets an element stand for a step: it can be pointed at, clicked, and tells what it is. */
function stands(element, step, text, origin) {
  element.dataset.step = step;
  element.setAttribute("aria-label", text);
  element.addEventListener("pointerenter", (event) => {
    mark(step, "near", true);
    showTip(text, event);
  });
  element.addEventListener("pointermove", moveTip);
  element.addEventListener("pointerleave", () => {
    mark(step, "near", false);
    tip.hidden = true;
  });
  element.addEventListener("click", () => select(step, origin));
  return element;
}

/** Scrolls a view, not the page, so that a part of it is in sight. */
function scrollTo(container, left, top) {
  container.scrollTo({
    left: Math.max(0, left - container.clientWidth / 2),
    top: Math.max(0, top - container.clientHeight / 2),
  });
}
