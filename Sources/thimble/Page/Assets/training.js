// SPDX-License-Identifier: Apache-2.0
"use strict";

// The head of a training's page and its curves.

const { epochs, layers, confusion } = data;
const stepCount = data.steps.loss.length;
const epochCount = epochs.training_loss.length;
const commonFolder = commonFolderOf(layers.map((layer) => layer.name));

function short(name) {
  return name.startsWith(commonFolder) ? name.slice(commonFolder.length) : name;
}

/** A number of each epoch, at its last step. */
function atEpochs(values) {
  return values.map((y, index) => ({ x: (index + 1) * data.steps_per_epoch, y }))
    .filter((point) => isKnown(point.y));
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
  const file = data.model.slice(data.model.lastIndexOf("/") + 1);
  document.title = `Training of ${file} – Thimble`;
  document.querySelector("header").append(
    html("h1", {}, `Training of ${file}`),
    html("p", {}, [
      epochCount === 1 ? "1 epoch" : `${grouped(epochCount)} epochs`,
      `${grouped(data.steps_per_epoch)} steps each`, `${grouped(stepCount)} steps done`,
    ].join(" · ")));

  const best = (data.best_epoch ?? epochCount) - 1;
  const hasMetric = epochs.metric.some(isKnown);
  const hasValidation = epochs.validation_loss.some(isKnown);
  const tile = (value, name, note, isMain) =>
    html("div", { class: isMain ? "tile main" : "tile" },
      html("b", {}, value), name, html("br"), html("span", {}, note));
  const place = data.best_epoch ? `in epoch ${grouped(data.best_epoch)}, the best`
    : "in the last epoch";
  section("verdict", "Verdict", "Verdict",
    "What the kept weights do, on the samples that they were not trained on where there are any.",
    html("div", { class: "tiles" },
      hasMetric ? tile(number(epochs.metric[best]), data.metric, place, true) : null,
      hasValidation
        ? tile(number(epochs.validation_loss[best]), "validation loss", place, !hasMetric) : null,
      tile(number(epochs.training_loss[best]), "training loss", place, !hasValidation && !hasMetric),
      best + 1 === epochCount ? null
        : tile(number(epochs.training_loss[epochCount - 1]), "training loss",
          "in the last epoch")));

  const shared = {
    steps: stepCount, stepsPerEpoch: data.steps_per_epoch,
    best: data.best_epoch ? data.best_epoch * data.steps_per_epoch : undefined,
  };
  // A few steps far above all others, as at the beginning, would press the rest flat.
  const known = data.steps.loss.filter(isKnown).sort((a, b) => a - b);
  const ends = [...epochs.training_loss, ...epochs.validation_loss].filter(isKnown);
  const limit = Math.max(1.1 * (known[Math.floor(0.99 * known.length)] ?? 0), ...ends);
  section("loss", "Loss", "Loss",
    "The loss of each step, with its range where one point stands for several steps, and the "
      + "means of the epochs.",
    curves({
      ...shared, label: "loss", limit: limit > 0 ? limit : undefined,
      series: [
        { name: "steps", hue: "kx", points: thinned(data.steps.loss, 490) },
        { name: "training", hue: "k0", points: atEpochs(epochs.training_loss) },
        { name: "validation", hue: "k2", points: atEpochs(epochs.validation_loss) },
      ].filter(({ points }) => points.length > 0),
    }));
  if (hasMetric) {
    section("metric", "Metric", data.metric, "On the validation samples, after each epoch.",
      curves({
        ...shared, label: data.metric,
        series: [{ name: data.metric, hue: "k1", points: atEpochs(epochs.metric) }],
      }));
  }
  section("rate", "Rate", "Learning rate", "Of each step.",
    curves({
      ...shared, label: "learning rate",
      series: [{ name: "rate", hue: "k3", points: thinned(data.steps.rate, 490) }],
    }));
}
