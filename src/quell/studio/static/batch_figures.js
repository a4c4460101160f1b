// How well verdicts agree with labels, by threshold.
import { fitted, words } from "./chart.js";
import { h, svg } from "./dom.js";

const REJECT = new Set(["reject", "rejected", "1", "true", "yes", "harmful", "unsafe", "bad", "hate", "selfharm", "sexual", "violence"]);
const ACCEPT = new Set(["accept", "accepted", "0", "false", "no", "harmless", "safe", "good", "ok", "none"]);

function wanted(row) {
  const label = (row.label ?? "").toLowerCase();
  return REJECT.has(label) ? true : ACCEPT.has(label) ? false : null;
}

// Null where no row has a label; a figure is null where there is nothing to divide by.
export function figures(all, limit) {
  let right = 0;
  let wrong = 0;
  let missed = 0;
  let known = 0;
  for (const row of all) {
    const should = wanted(row);
    if (should === null || row.error) continue;
    known++;
    const did = row.worst >= limit;
    if (did && should) right++;
    else if (did) wrong++;
    else if (should) missed++;
  }
  if (!known) return null;
  const share = (part, whole) => (whole ? part / whole : null);
  return { known, precision: share(right, right + wrong), recall: share(right, right + missed), f1: share(2 * right, 2 * right + wrong + missed) };
}

export function curve(all) {
  const points = [1, 2, 3, 4, 5, 6, 7].map((limit) => [limit, figures(all, limit)]);
  if (!points[0][1]) return null;
  const drawing = fitted((wide) => drawn(points, Math.min(wide, 560)));
  const rows = points.map(([limit, one]) => h("tr", {}, h("th", { scope: "row" }, limit), ["precision", "recall", "f1"].map((kind) => h("td", {}, one[kind] === null ? "–" : one[kind].toFixed(2)))));
  return h("div", { class: "stack" }, drawing, h("p", { class: "hint" }, "By threshold: precision solid, recall dashed, F1 dotted."),
    h("details", {}, h("summary", {}, "As a table"), h("table", {}, h("thead", {}, h("tr", {}, ["Threshold", "Precision", "Recall", "F1"].map((text) => h("th", { scope: "col" }, text)))), h("tbody", {}, rows))));
}

function drawn(points, wide) {
  const x = (limit) => 40 + ((limit - 1) / 6) * (wide - 60);
  const y = (share) => 180 - share * 160;
  const drawing = svg("svg", { viewBox: `0 0 ${wide} 214`, class: "curve", role: "img", "aria-label": "Precision, recall and F1 by threshold" });
  drawing.style.width = `${wide}px`;
  for (const share of [0, 0.5, 1]) drawing.append(svg("line", { x1: 40, x2: wide - 20, y1: y(share), y2: y(share), class: "axis" }), words(34, y(share) + 4, `${share * 100}%`, "end"));
  for (const [limit] of points) drawing.append(words(x(limit), 200, String(limit), "middle"));
  for (const kind of ["precision", "recall", "f1"]) {
    const drawn = points.filter(([, one]) => one[kind] !== null).map(([limit, one]) => `${x(limit)},${y(one[kind])}`);
    drawing.append(svg("polyline", { points: drawn.join(" "), class: kind }));
  }
  return drawing;
}
