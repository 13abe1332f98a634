// SPDX-License-Identifier: Apache-2.0
"use strict";

// Which classes are taken for which, and how the training was asked for.

if (confusion) {
  const { classes, matrix } = confusion;

  function drawing() {
    const side = Math.max(5, Math.min(34, 900 / classes.length));
    const names = Math.min(200, 14 + 6.3 * Math.max(...classes.map(({ name }) => name.length)));
    const head = 22;
    const hasText = side >= 22;
    const picture = svg("svg", {
      width: names + side * classes.length + 8, height: head + side * classes.length + 8,
      role: "img", "aria-label": "confusion matrix",
    });
    picture.append(svg("text", { x: names, y: 13, class: "axis" }, "taken for, in the same order"));
    matrix.forEach((row, label) => {
      const total = row.reduce((sum, value) => sum + value, 0);
      if (side >= 9) {
        picture.append(svg("text", {
          x: names - 7, y: head + (label + 0.5) * side + 4, "text-anchor": "end",
        }, clipped(classes[label].name, names - 12)));
      }
      row.forEach((value, prediction) => {
        const share = total > 0 ? value / total : 0;
        const isRight = label === prediction;
        const [x, y] = [names + prediction * side, head + label * side];
        const words = isRight ? `${grouped(value)} of ${grouped(total)} right`
          : `${grouped(value)} of ${grouped(total)} taken for ${classes[prediction].name}`;
        picture.append(tells(svg("rect", {
          x, y, width: side, height: side, class: isRight ? "cell" : "cell wrong",
          "fill-opacity": value === 0 ? 0 : (0.12 + 0.88 * share).toFixed(3),
        }), `${classes[label].name}: ${words}`));
        if (hasText && value > 0) {
          picture.append(svg("text", {
            x: x + side / 2, y: y + side / 2 + 4,
            class: share > 0.5 ? "count inverse" : "count",
          }, value));
        }
      });
    });
    return html("div", { class: "scroll" }, picture);
  }

  const share = (value) => (isKnown(value) ? `${(100 * value).toFixed(1)} %` : "–");
  section("classes", "Classes", "Classes",
    "The validation samples: a row for each class, a column for what the model takes them for.",
    drawing(),
    html("div", { class: "scroll table" }, html("table", {},
      html("thead", {}, html("tr", {}, html("th", { scope: "col" }, "class"),
        ...["samples", "precision", "recall", "F1"].map((title) =>
          html("th", { scope: "col", class: "number" }, title)))),
      html("tbody", {}, ...classes.map((entry) => html("tr", {},
        html("td", { class: "name" }, entry.name),
        html("td", { class: "number" }, grouped(entry.count)),
        ...[entry.precision, entry.recall, entry.f1].map((value) =>
          html("td", { class: "number" }, share(value)))))))));
}

section("recipe", "Recipe", "Recipe", "Every option, as a recipe file says it.",
  html("pre", { class: "recipe" }, data.recipe));
