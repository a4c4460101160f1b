// A text with its decisive parts marked; places count code points, as the service does.
import { h } from "./dom.js";

export function marked(text, places) {
  const points = Array.from(text);
  const sorted = places.filter((each) => each.length > 0).toSorted((one, other) => one.start - other.start);
  const parts = [];
  let at = 0;
  for (const each of sorted) {
    const start = Math.max(each.start, at);
    const end = each.start + each.length;
    if (end <= start) continue;
    parts.push(points.slice(at, start).join(""), h("mark", { class: each.kind, title: each.label }, points.slice(start, end).join("")));
    at = end;
  }
  parts.push(points.slice(at).join(""));
  return h("span", {}, parts);
}
