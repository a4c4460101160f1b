// Severities against thresholds: sliders, bars, accepted or rejected.
import { h } from "./dom.js";

export const CATEGORIES = ["Hate", "SelfHarm", "Sexual", "Violence"];
export const WORDS = { 0: "Safe", 1: "Very low", 2: "Low", 3: "Low +", 4: "Medium", 5: "Medium +", 6: "High", 7: "Very high" };
const STEPS = [2, 4, 6, 99];
const kind = (severity) => (severity >= 4 ? "bad" : severity >= 2 ? "warn" : "");

// One slider for each category; `at(category)` is the severity from which it is rejected.
export function thresholds(changed) {
  const values = Object.fromEntries(CATEGORIES.map((each) => [each, 4]));
  const told = (severity) => (severity === 99 ? "never" : `${severity} – ${WORDS[severity]}`);
  const rows = CATEGORIES.map((each) => {
    const slider = h("input", { type: "range", min: 0, max: 3, step: 1, value: 1, id: `limit-${each}`, "aria-valuetext": told(4) });
    const shown = h("output", { for: slider.id, class: "muted" }, told(4));
    slider.addEventListener("input", () => {
      values[each] = STEPS[Number(slider.value)];
      shown.textContent = told(values[each]);
      slider.setAttribute("aria-valuetext", told(values[each]));
      changed();
    });
    return h("div", {}, h("div", { class: "row apart" }, h("label", { class: "label", for: slider.id }, each), shown), slider);
  });
  return { node: h("div", { class: "stack" }, rows), at: (category) => values[category], wire: () => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== 99)) };
}

export function verdict(severities, limits, caught) {
  const harmful = severities.filter((each) => each.severity >= limits.at(each.category)).map((each) => each.category);
  const reasons = [...harmful, ...new Set(caught)];
  return h("p", { class: "verdict" }, h("span", { class: `badge ${reasons.length ? "bad" : "good"}` }, reasons.length ? "Rejected" : "Accepted"),
    h("span", { class: "muted" }, reasons.length ? reasons.join(", ") : "nothing reaches a threshold"));
}

export function bars(severities, limits, coverage = {}) {
  return h("div", { class: "bars" }, severities.map((each) => {
    const fill = h("i", { class: kind(each.severity) });
    fill.style.width = `${Math.max(each.severity / 7, 0.02) * 100}%`;
    const refused = each.severity >= limits.at(each.category);
    const seen = coverage[each.category];
    return h("div", {}, h("div", { class: "bar" }, h("span", {}, each.category), h("div", { class: "track" }, fill), h("span", {}, `${each.severity} ${WORDS[each.severity]}`),
      h("span", { class: `badge ${refused ? "bad" : "good"}` }, refused ? "Rejected" : "Accepted")),
      seen && seen !== "full" ? h("p", { class: "hint" }, seen === "none" ? `Nothing here looks for ${each.category}: this 0 says nothing.` : `Judged by the text in the picture alone, not by what it shows.`) : null);
  }));
}

export function choices(title, found, nameOf, link, make) {
  const names = found.map(nameOf);
  const none = found.refused ? h("p", { class: "muted" }, "This key may not list them.") : h("p", { class: "muted" }, "None yet. ", h("a", { href: link }, make));
  const boxes = names.map((each) => [each, h("input", { type: "checkbox", checked: true })]);
  return {
    node: h("fieldset", {}, h("legend", { class: "label" }, title), boxes.length ? boxes.map(([each, box]) => h("label", { class: "check" }, box, each)) : none),
    chosen: () => boxes.filter(([, box]) => box.checked).map(([each]) => each),
  };
}
