// Counts by hour as drawings; each drawing says in words what it shows.
import { h, svg } from "./dom.js";

const HOUR = 3_600_000;
const LEFT = 58;

// Draws anew whenever the room changes, so that words keep their size on a phone.
export function fitted(draw) {
  const place = h("div", { class: "fitted" });
  let drawn = 0;
  const show = (width) => {
    if (!width || width === drawn) return;
    drawn = width;
    place.replaceChildren(draw(width));
  };
  show(Math.max(240, document.getElementById("page").clientWidth - 98));
  new ResizeObserver(([entry]) => show(Math.round(entry.contentRect.width))).observe(place);
  return place;
}

// One row for each hour of the span, those without any counts included.
export function byHour(since, hours, found, count) {
  const first = new Date(since).getTime();
  const rows = Array.from({ length: hours }, (_, place) => ({ at: new Date(first + place * HOUR), ...count(null) }));
  for (const each of found) {
    const place = Math.round((new Date(each.hour).getTime() - first) / HOUR);
    if (rows[place]) Object.assign(rows[place], count(each));
  }
  return rows;
}

// Stacked bars; `states` are pairs of a member of the rows and the kind of its bars, from below.
export function bars(rows, states, label) {
  return fitted((wide) => {
    const most = Math.max(1, ...rows.map((row) => states.reduce((sum, [state]) => sum + row[state], 0)));
    const { drawing, width } = frame(rows, wide, label, [[1, Math.round(most).toLocaleString()], [0.5, most % 2 === 0 || most > 20 ? Math.round(most / 2).toLocaleString() : ""], [0, "0"]]);
    rows.forEach((row, place) => {
      let top = 150;
      for (const [state, kind] of states) {
        const height = row[state] / most * 140;
        top -= height;
        if (height) drawing.append(svg("rect", { x: LEFT + place * width, y: top, width: Math.max(width * 0.8, 0.6), height, class: kind }));
      }
    });
    return drawing;
  });
}

// Lines over the hours that have a value, each with a dot, on a scale of powers of ten.
export function levels(rows, states, label, told) {
  return fitted((wide) => {
    const values = rows.flatMap((row) => states.map(([state]) => row[state])).filter((value) => value);
    const top = Math.ceil(Math.log10(Math.max(10, ...values)));
    const y = (value) => 150 - Math.log10(Math.max(1, value)) / top * 140;
    const marks = Array.from({ length: top + 1 }, (_, power) => [power / top, told(10 ** power)]);
    const { drawing, width } = frame(rows, wide, label, marks);
    for (const [state, kind] of states) {
      const points = rows.map((row, place) => [LEFT + (place + 0.4) * width, row[state]]).filter(([, value]) => value).map(([x, value]) => [x, y(value)]);
      drawing.append(svg("polyline", { points: points.map((point) => point.join()).join(" "), class: kind }));
      if (points.length < 60) drawing.append(...points.map(([cx, cy]) => svg("circle", { cx, cy, r: 2.5, class: kind })));
    }
    return drawing;
  });
}

function frame(rows, wide, label, marks) {
  const drawing = svg("svg", { viewBox: `0 0 ${wide} 180`, class: "hours", role: "img", "aria-label": label });
  const width = (wide - LEFT - 4) / rows.length;
  for (const [share, text] of marks) {
    const y = 150 - share * 140;
    drawing.append(svg("line", { x1: LEFT, x2: wide - 4, y1: y, y2: y, class: "axis" }), words(LEFT - 8, y + 4, text, "end"));
  }
  const long = rows.length > 24;
  let free = 0;
  rows.forEach((row, place) => {
    const x = LEFT + place * width;
    if (x < free || x > wide - 58 || (long && row.at.getHours() !== 0)) return;
    drawing.append(words(x, 170, row.at.toLocaleString([], long ? { month: "short", day: "numeric" } : { hour: "2-digit", minute: "2-digit" })));
    free = x + 76;
  });
  return { drawing, width };
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

export function words(x, y, text, anchor = "start") {
  const node = svg("text", { x, y, "text-anchor": anchor });
  node.textContent = text;
  return node;
}
