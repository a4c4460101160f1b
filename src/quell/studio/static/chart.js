// Counts by hour as drawings; each drawing says in words what it shows.
import { svg } from "./dom.js";

const HOUR = 3_600_000;
const STATES = [["failed", "bad"], ["rejected", "warn"], ["answered", "fine"]];

// One row for each hour of the span, those without any counts included.
export function byHour(report, hours, count) {
  const first = new Date(report.since).getTime();
  const rows = Array.from({ length: hours }, (_, place) => ({ at: new Date(first + place * HOUR), ...count(null) }));
  for (const each of report.hours) {
    const place = Math.round((new Date(each.hour).getTime() - first) / HOUR);
    if (rows[place]) Object.assign(rows[place], count(each));
  }
  return rows;
}

export function bars(rows, label) {
  const drawing = svg("svg", { viewBox: "0 0 720 180", class: "hours", role: "img", "aria-label": label });
  const most = Math.max(1, ...rows.map((row) => row.answered + row.rejected + row.failed));
  const width = 660 / rows.length;
  for (const [share, y] of [[1, 10], [0.5, 80], [0, 150]]) {
    drawing.append(svg("line", { x1: 50, x2: 710, y1: y, y2: y, class: "axis" }), words(0, y + 4, share && (share === 1 || most > 1) ? Math.round(most * share).toLocaleString() : "0"));
  }
  rows.forEach((row, place) => {
    let top = 150;
    for (const [state, kind] of STATES) {
      const height = row[state] / most * 140;
      top -= height;
      if (height) drawing.append(svg("rect", { x: 50 + place * width, y: top, width: Math.max(width * 0.8, 0.6), height, class: kind }));
    }
    if (place % Math.ceil(rows.length / 6) === 0) drawing.append(words(50 + place * width, 170, hourOf(row.at, rows.length)));
  });
  return drawing;
}

export function spark(values, label) {
  const drawing = svg("svg", { viewBox: "0 0 96 22", class: "spark", role: "img", "aria-label": label });
  const most = Math.max(1, ...values);
  values.forEach((value, place) => {
    const height = value ? Math.max(2, value / most * 20) : 1;
    drawing.append(svg("rect", { x: place * 96 / values.length, y: 22 - height, width: 96 / values.length * 0.75, height, class: value ? "some" : "none" }));
  });
  return drawing;
}

export function hourOf(date, hours) {
  return date.toLocaleString([], hours > 24 ? { month: "short", day: "numeric", hour: "2-digit" } : { hour: "2-digit", minute: "2-digit" });
}

function words(x, y, text) {
  const node = svg("text", { x, y });
  node.textContent = text;
  return node;
}
