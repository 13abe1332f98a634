// SPDX-License-Identifier: Apache-2.0
"use strict";

// What all parts of the page share. Names come from a file by a stranger: they only ever become
// text nodes and attribute values, never markup.

const data = JSON.parse(document.getElementById("data").textContent);
const { report, steps, tensors, rectangles } = data;

// MARK: Elements

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function html(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  return fill(element, attributes, children);
}

function section(id, title, explanation, ...children) {
  const element = html("section", { id }, html("h2", {}, title), html("p", {}, explanation));
  element.append(...children);
  document.querySelector("main").append(element);
  return element;
}

// MARK: Text

function grouped(number) {
  return number.toLocaleString("en-US");
}

/** 3 significant digits with a binary unit, as the command line takes them. */
function size(bytes) {
  const units = ["B", "KiB", "MiB", "GiB"];
  let unit = 0;
  let value = bytes;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

function count(number) {
  for (const [limit, unit] of [[1e9, "G"], [1e6, "M"], [1e3, "k"]]) {
    if (number >= limit) return `${(number / limit).toPrecision(3)} ${unit}`;
  }
  return `${number}`;
}

function shape(extents) {
  return extents.length === 0 ? "scalar" : extents.join("×");
}

/** The folders that all names of steps are in: shown once, not in each name. */
const commonFolder = (() => {
  const folders = steps.map((step) => step.name.slice(0, step.name.lastIndexOf("/") + 1));
  let common = folders[0] ?? "";
  for (const folder of folders) {
    while (!folder.startsWith(common)) {
      common = common.slice(0, common.slice(0, -1).lastIndexOf("/") + 1);
    }
  }
  return common;
})();

function short(name) {
  return name.startsWith(commonFolder) ? name.slice(commonFolder.length) : name;
}

/** What fits into a width, at about so many pixels a character. */
function clipped(text, width, characterWidth = 6.1) {
  const room = Math.floor(width / characterWidth);
  return text.length <= room ? text : room < 4 ? "" : `${text.slice(0, room - 1)}…`;
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

const tip = html("div", { id: "tip", role: "tooltip", hidden: "" });
document.body.append(tip);

function showTip(text, event) {
  tip.textContent = text;
  tip.hidden = false;
  moveTip(event);
}

function moveTip(event) {
  const { offsetWidth: width, offsetHeight: height } = tip;
  const left = Math.min(event.clientX + 14, window.innerWidth - width - 8);
  const below = event.clientY + 16;
  const top = below + height > window.innerHeight ? event.clientY - height - 12 : below;
  tip.style.left = `${Math.max(4, left)}px`;
  tip.style.top = `${Math.max(4, top)}px`;
}
