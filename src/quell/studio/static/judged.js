// How well a preview fits what people say of it: marks on findings, precision and recall as the sensitivity moves.
import { button, h, percent, say } from "./dom.js";

const REJECT = new Set(["reject", "rejected", "1", "true", "yes", "caught", "harmful", "unsafe", "bad"]);
const ACCEPT = new Set(["accept", "accepted", "0", "false", "no", "not", "harmless", "safe", "good", "ok"]);

// What should happen, by what is shown; unmarked findings count as right, so a mark says that one is wrong.
export function judgement() {
  const wanted = new Map();
  return {
    learn: (key, label) => {
      const word = label.toLowerCase();
      if (REJECT.has(word)) wanted.set(key, true);
      else if (ACCEPT.has(word)) wanted.set(key, false);
    },
    wrong: (key, caught) => wanted.has(key) && wanted.get(key) !== caught,
    turn: (key, caught) => (wanted.has(key) && wanted.get(key) !== caught ? wanted.set(key, caught) : wanted.set(key, !caught)),
    any: () => wanted.size > 0,
    clear: () => wanted.clear(),
  };
}

// Null where there is nothing to divide by.
export function measures(findings, judged, key) {
  let right = 0;
  let wrong = 0;
  let missed = 0;
  for (const each of findings) {
    const caught = each.outcome === "caught";
    const off = judged.wrong(key(each), caught);
    if (caught && off) wrong++;
    else if (caught) right++;
    else if (off) missed++;
  }
  const share = (part, whole) => (whole ? part / whole : null);
  return { precision: share(right, right + wrong), recall: share(right, right + missed) };
}

export function mark(each, judged, key, changed) {
  const caught = each.outcome === "caught";
  const control = button(caught ? "Wrong" : "Missed", () => {
    judged.turn(key(each), caught);
    control.setAttribute("aria-pressed", String(judged.wrong(key(each), caught)));
    say(judged.wrong(key(each), caught) ? (caught ? "It should not be caught." : "It should be caught.") : "The mark is gone.");
    changed();
  }, "small");
  control.setAttribute("aria-pressed", String(judged.wrong(key(each), caught)));
  control.setAttribute("title", caught ? "It should not be caught" : "It should be caught");
  return control;
}

export function shares(findings, judged, key) {
  const found = measures(findings, judged, key);
  return [["Precision", percent(found.precision)], ["Recall", percent(found.recall)]].map(([label, value]) => h("div", {}, h("b", {}, value), label));
}
