// SPDX-License-Identifier: Apache-2.0
"use strict";

// What was found, each with its numbers and what was tried against it.

{
  /** The steps that each channel takes of its value's 255, the most first. */
  function channelChart(finding) {
    const levels = finding.channel_levels;
    if (levels.length === 0) return null;
    const meant = new Set(finding.channels);
    const order = levels.map((_, channel) => channel).sort((a, b) => levels[b] - levels[a]);
    const height = 90;
    const width = Math.max(2, Math.min(14, 900 / levels.length));
    const most = Math.max(255, levels[order[0]]);
    const y = (level) => height * (1 - Math.log2(1 + level) / Math.log2(1 + most));
    const limit = y(finding.limit);
    const chart = svg("svg", {
      class: "channels k0", width: width * levels.length + 60, height: height + 4, role: "img",
      "aria-label": "levels of each channel",
    });
    order.forEach((channel, position) => {
      const top = y(levels[channel]);
      const bar = svg("rect", {
        x: position * width, y: top, width: Math.max(1, width - 1), height: height - top + 1,
        class: meant.has(channel) ? "meant" : null,
      });
      chart.append(tells(bar, `channel ${channel}: ${number(levels[channel])} levels`));
    });
    chart.append(
      svg("line", {
        x1: 0, x2: width * levels.length, y1: limit, y2: limit, class: "limit bound",
      }),
      svg("text", { x: width * levels.length + 4, y: limit + 4, class: "limit-label" },
        `${finding.limit} levels`));
    return html("div", { class: "scroll" }, chart);
  }

  function channelText(channels) {
    if (channels.length === 0) return "";
    const more = channels.length > 12 ? ` and ${grouped(channels.length - 12)} more` : "";
    return `, channel${channels.length > 1 ? "s" : ""} ${channels.slice(0, 12).join(", ")}${more}`;
  }

  function outcome(index, finding) {
    const cure = cures[index];
    const isVain = cure.action === "equalize" && !finding.is_cured_by_equalizing;
    const price = cure.nodes.length === 0 ? ""
      : `, for ${grouped(cure.extra_bytes)} bytes and ${milliseconds(cure.extra_ms)}`;
    return html("p", {}, `${cureName(cure)}: ${decibels(cure.gain_decibels, "+")}${price}${
      isVain ? "; it does not take this away" : ""}`);
  }

  function card(finding) {
    const kind = !finding.is_harmful ? "note" : finding.is_present ? "harm" : "cured";
    const numbers = html("dl", {},
      html("dt", {}, finding.measure.name),
      html("dd", {}, `${number(finding.measure.value)} (limit ${number(finding.limit)})`));
    for (const detail of finding.details) {
      numbers.append(html("dt", {}, detail.name), html("dd", {}, number(detail.value)));
    }
    return html("article", { class: `finding ${kind}` },
      html("h3", {}, kind === "harm" ? finding.cause : `${kind}: ${finding.cause}`,
        html("i", {}, `${finding.place ? ` at ${finding.place}` : ""}${
          channelText(finding.channels)}`)),
      numbers, channelChart(finding),
      finding.is_present ? html("p", {}, finding.advice) : null,
      ...(finding.is_present ? finding.cures.map((index) => outcome(index, finding)) : []));
  }

  section("findings", "Findings", "What was found",
    "Each rule compares a number with a limit. Where channels differ, each bar is one of them: "
      + "how many of the 255 steps of the common scale it takes.",
    ...(findings.length ? findings.map(card) : [html("p", {}, "Nothing.")]));
}
