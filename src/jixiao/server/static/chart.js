// A chart of an answer, beside its table: bars, or a line, drawn as SVG.
"use strict";

const drawing = (name, attributes, text) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  if (text !== undefined) made.textContent = text;
  return made;
};
// Latin letters are half as wide as Chinese characters.
const wide = (text) => [...text].reduce((sum, char) => sum + (char < "\u2e80" ? 0.55 : 1), 0);
const short = (text, most) => {
  let kept = text;
  while (wide(kept) > most) kept = kept.slice(0, -1);
  return kept === text ? text : kept.slice(0, -1) + "…";
};
const EVERY = "every";
const ends = (iri) => iri.replace(/[/#]$/, "").replace(/.*[/#]/, "");

class AnswerChart {
  constructor(yasr) {
    this.yasr = yasr;
    this.priority = 5;
    this.words = document.getElementById("yasgui").dataset;
    this.label = this.words.chart;
    this.chosen = {};
  }

  canHandleResults() {
    return this.rows().length > 0 && this.numbers().length > 0;
  }

  rows() {
    return this.yasr.results?.getBindings?.() ?? [];
  }

  variables() {
    return this.yasr.results?.getVariables?.() ?? [];
  }

  numbers() {
    const number = (term) => !term || (term.type !== "uri" && term.value.trim() !== "" && Number.isFinite(Number(term.value)));
    const known = (name) => this.rows().some((row) => row[name]);
    return this.variables().filter((name) => known(name) && this.rows().every((row) => number(row[name])));
  }

  getIcon() {
    const icon = drawing("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" });
    [[1, 8], [6, 3], [11, 6]].forEach(([x, y]) => icon.append(drawing("rect", { x, y, width: 4, height: 15 - y, fill: "currentColor" })));
    return icon;
  }

  draw() {
    const variables = this.variables(), numbers = this.numbers();
    const texts = variables.filter((name) => !numbers.includes(name));
    const years = (name) => this.rows().every((row) => /Year$/.test(row[name]?.datatype ?? ""));
    const kept = (wish, of, otherwise) => (of.includes(wish) ? wish : otherwise);
    const up = kept(this.chosen.up, numbers, numbers.at(-1));
    const others = variables.filter((name) => name !== up);
    const told = (row, name) => (!row[name] ? "—" : row[name].type === "uri" ? ends(row[name].value) : row[name].value);
    const named = (row, name) => (name === EVERY ? others.map((one) => told(row, one)).join(" · ") : told(row, name));
    const single = (name) => name && new Set(this.rows().map((row) => told(row, name))).size === this.rows().length;
    const across = kept(this.chosen.across, [EVERY, ...others], [texts[0], ...others].find(single) ?? EVERY);
    const kind = this.chosen.kind ?? (years(across) ? "line" : "bars");
    const points = this.rows().filter((row) => row[up]).map((row) => ({
      name: named(row, across), value: Number(row[up].value), told: row[up].value,
    }));
    const box = document.createElement("div");
    Object.assign(box, { className: "answer-chart", tabIndex: 0, role: "region", ariaLabel: this.words.chart });
    box.append(
      this.choice("across", [EVERY, ...others], across), this.choice("up", numbers, up),
      this.choice("kind", ["bars", "line"], kind),
    );
    const shown = points.slice(0, kind === "line" ? 200 : 50);
    const svg = kind === "line" ? lineOf(shown) : barsOf(shown);
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", `${this.words.chart} ${up} / ${across}`);
    box.append(svg);
    if (shown.length < points.length) {
      const more = document.createElement("p");
      more.className = "soft";
      more.textContent = `${shown.length} / ${points.length}`;
      box.append(more);
    }
    this.yasr.resultsEl.replaceChildren(box);
  }

  choice(part, offered, now) {
    const label = document.createElement("label"), select = document.createElement("select");
    label.append(`${this.words[part]} `, select);
    offered.forEach((name) => select.add(new Option(part === "kind" || name === EVERY ? this.words[name] : name, name, false, name === now)));
    select.addEventListener("change", () => { this.chosen[part] = select.value; this.draw(); });
    return label;
  }
}

const spanOf = (points) => {
  const values = points.map((point) => point.value);
  const low = Math.min(0, ...values), high = Math.max(0, ...values);
  return { low, size: high - low || 1 };
};

const barsOf = (points) => {
  const { low, size } = spanOf(points), step = 24, left = 250, width = 430;
  const svg = drawing("svg", { viewBox: `0 0 800 ${points.length * step + 4}`, class: "bars-of-answer" });
  points.forEach((point, at) => {
    const y = at * step, zero = left + (width * -low) / size, end = left + (width * (point.value - low)) / size;
    const bar = drawing("rect", { x: Math.min(zero, end), y: y + 4, width: Math.max(1, Math.abs(end - zero)), height: step - 8 });
    bar.append(drawing("title", {}, `${point.name}: ${point.told}`));
    svg.append(
      drawing("text", { x: left - 8, y: y + 17, "text-anchor": "end" }, short(point.name, 18)),
      bar, drawing("text", { x: Math.max(zero, end) + 6, y: y + 17 }, short(point.told, 14)),
    );
  });
  return svg;
};

const lineOf = (points) => {
  const { low, size } = spanOf(points), width = 700, height = 260, left = 70;
  const x = (at) => left + (width * at) / Math.max(1, points.length - 1);
  const y = (value) => 20 + height - (height * (value - low)) / size;
  const svg = drawing("svg", { viewBox: `0 0 800 ${height + 60}`, class: "line-of-answer" });
  [low, low + size / 2, low + size].forEach((value) => svg.append(
    drawing("line", { x1: left, x2: left + width, y1: y(value), y2: y(value) }),
    drawing("text", { x: left - 8, y: y(value) + 4, "text-anchor": "end" }, String(Number(value.toPrecision(4)))),
  ));
  svg.append(drawing("polyline", { points: points.map((point, at) => `${x(at)},${y(point.value)}`).join(" ") }));
  const every = Math.ceil(points.length / 10);
  points.forEach((point, at) => {
    const dot = drawing("circle", { cx: x(at), cy: y(point.value), r: 3.5 });
    dot.append(drawing("title", {}, `${point.name}: ${point.told}`));
    svg.append(dot);
    if (at % every === 0) svg.append(drawing("text", { x: x(at), y: height + 44, "text-anchor": "middle" }, short(point.name, 8)));
  });
  return svg;
};

Yasgui.Yasr.registerPlugin("chart", AnswerChart);
