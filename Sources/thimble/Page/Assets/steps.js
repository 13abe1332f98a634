// SPDX-License-Identifier: Apache-2.0
"use strict";

// What each step costs, as a table that can be sorted and searched.

{
  const most = (key) => Math.max(1, ...steps.map((step) => step[key]));
  const greatest = { macs: most("macs"), bytes_read: most("bytes_read") };
  const columns = [
    { title: "#", value: (step) => step.index, isNumber: true },
    { title: "operator", value: (step) => step.operator ?? step.contract },
    { title: "output", value: (step) => shape(step.output_shape) },
    { title: "dtype", value: (step) => tensors[step.writes].dtype },
    { title: "MACs", value: (step) => step.macs, isNumber: true, bar: "macs" },
    { title: "bytes read", value: (step) => step.bytes_read, isNumber: true, bar: "bytes_read" },
    { title: "written", value: (step) => step.bytes_written, isNumber: true },
    { title: "constants", value: (step) => step.constants_bytes, isNumber: true },
    { title: "live", value: (step) => step.live_bytes, isNumber: true },
    { title: "contract", value: (step) => step.contract, name: "code" },
    { title: "name", value: (step) => step.name, name: "name" },
  ];
  const numbered = steps.map((step, index) => ({ ...step, index }));
  let order = { column: 0, isDescending: false };

  function cell(step, column) {
    const value = column.value(step);
    const shown = column.name === "name" ? short(value)
      : column.isNumber && column.title !== "#" ? grouped(value) : `${value}`;
    const names = [column.isNumber ? "number" : column.name ?? ""];
    const attributes = {};
    if (column.bar) {
      names.push("bar", stepClass(step.index));
      attributes.style = `--part: ${(100 * value) / greatest[column.bar]}%`;
    }
    if (column.name === "name") attributes.title = value;
    attributes.class = names.join(" ");
    const swatch = column.title === "operator"
      ? html("span", { class: `swatch ${stepClass(step.index)}` }) : null;
    return html("td", attributes, swatch, shown);
  }

  function row(step) {
    const element = html("tr", { class: step.index === report.peak_step ? "at-peak" : null },
      ...columns.map((column) => cell(step, column)));
    const reads = step.reads.map((read) => `reads ${tensors[read.tensor].name}: ${
      describe(tensors[read.tensor])}`);
    const text = [stepTitle(step.index), step.name, ...reads,
      `writes ${describe(tensors[step.writes])}`].join("\n");
    return stands(element, step.index, text, "steps");
  }

  const rows = numbered.map(row);
  const body = html("tbody", {}, ...rows);
  const headings = columns.map((column, index) => {
    const button = html("button", { type: "button" }, column.title);
    button.addEventListener("click", () => sortBy(index));
    return html("th", { class: column.isNumber ? "number" : null, scope: "col" }, button);
  });

  function sortBy(index) {
    const column = columns[index];
    const isDescending = order.column === index
      ? !order.isDescending : Boolean(column.isNumber) && index > 0;
    order = { column: index, isDescending };
    const compare = (a, b) => {
      const [left, right] = [column.value(numbered[a]), column.value(numbered[b])];
      const result = left < right ? -1 : left > right ? 1 : 0;
      return (isDescending ? -result : result) || a - b;
    };
    const indices = numbered.map((step) => step.index).sort(compare);
    body.append(...indices.map((step) => rows[step]));
    headings.forEach((heading, position) => {
      if (position !== index) heading.removeAttribute("aria-sort");
      else heading.setAttribute("aria-sort", isDescending ? "descending" : "ascending");
    });
  }

  const shown = html("output");
  const search = html("input", {
    type: "search", placeholder: "find a step by name, operator, shape", "aria-label": "find",
  });
  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let visible = 0;
    for (const step of numbered) {
      const text = columns.map((column) => `${column.value(step)}`).join(" ").toLowerCase();
      const isShown = words.every((word) => text.includes(word));
      rows[step.index].hidden = !isShown;
      if (isShown) visible += 1;
    }
    shown.textContent = words.length ? `${visible} of ${steps.length} steps` : "";
  }
  search.addEventListener("input", filter);

  const container = html("div", { class: "scroll table" },
    html("table", {}, html("thead", {}, html("tr", {}, ...headings)), body));
  section("steps", "Steps", "What each step costs",
    "Bytes read count constants too. Click a heading to sort, a step to find it in the other "
      + "views.",
    html("div", { class: "tools" }, search, shown), container);
  views.push({
    origin: "steps",
    reveal: (step) => scrollTo(container, 0, rows[step].offsetTop),
  });
}
