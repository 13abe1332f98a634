// SPDX-License-Identifier: Apache-2.0
"use strict";

// What all pages share. Names come from a file by a stranger: they only ever become text nodes and
// attribute values, never markup.

const data = JSON.parse(document.getElementById("data").textContent);

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

/** A part of the page, with an entry in the navigation. */
function section(id, label, title, explanation, ...children) {
  const element = html("section", { id }, html("h2", {}, title), html("p", {}, explanation));
  element.append(...children);
  document.querySelector("main").append(element);
  document.querySelector("nav ul").append(
    html("li", {}, html("a", { href: `#${id}` }, label)));
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

/** The folders that all names are in: shown once, not in each name. */
function commonFolderOf(names) {
  const folders = names.map((name) => name.slice(0, name.lastIndexOf("/") + 1));
  let common = folders[0] ?? "";
  for (const folder of folders) {
    while (!folder.startsWith(common)) {
      common = common.slice(0, common.slice(0, -1).lastIndexOf("/") + 1);
    }
  }
  return common;
}

/** What fits into a width, at about so many pixels a character. */
function clipped(text, width, characterWidth = 6.1) {
  const room = Math.floor(width / characterWidth);
  return text.length <= room ? text : room < 4 ? "" : `${text.slice(0, room - 1)}…`;
}

// MARK: Tips

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
