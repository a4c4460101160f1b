// The way to a live incident: samples, what they would catch, and the switch.
import { call, list, name } from "./api.js";
import { LARGEST, blocks, size } from "./blocks.js";
import { fitted, words } from "./chart.js";
import { button, doing, field, h, panel, plural, say, svg } from "./dom.js";
import { judgement, mark, shares } from "./judged.js";
import { handed } from "./keep.js";

const OUTCOMES = { caught: ["Caught", "bad"], nearly: ["Nearly", "warn"], not: ["Not", ""] };

export function editor(medium, { title = null, sensitivity = 0.5, example = false } = {}) {
  const label = h("input", { maxlength: 64, autocomplete: "off", required: true });
  const about = h("input", { maxlength: 1024, autocomplete: "off" });
  const samples = medium.input(`${medium.Many} to be caught`, title ? "They count on top of the samples that are live." : "A handful is enough.");
  const traffic = medium.input("Recent traffic", `${medium.Many} to try it on; nothing of it is kept.`);
  const slider = h("input", { type: "range", min: 0, max: 100, step: 1, value: Math.round(sensitivity * 100) });
  const shown = h("output", { for: "sensitivity" }, `${slider.value} %`);
  slider.id = "sensitivity";
  const fault = h("div");
  const results = h("div", { class: "stack" }, h("p", { class: "muted" }, "Nothing was tried yet. The incident can go live without it."));
  const judged = judgement();
  let asked = 0;

  async function preview() {
    const turn = ++asked;
    const body = { samples: await samples.wire(), [medium.previewed]: await traffic.wire(), sensitivity: slider.value / 100 };
    if (title) body.incidentName = title;
    if (!body.samples.length && !title) throw new Error(`Give at least one of the ${medium.many} to be caught.`);
    if (!body[medium.previewed].length) throw new Error(`Give some recent traffic to try it on.`);
    const answer = await previewed(medium, body);
    for (const [key, label] of traffic.labels?.() ?? []) judged.learn(key, label);
    if (turn === asked) results.replaceChildren(...picture(answer, traffic, judged));
    say(`${answer.caught} caught, ${answer.nearly} nearly, ${answer.notCaught} not.`);
  }

  const tryIt = button("Preview", () => doing(tryIt, fault, preview));
  let waiting = 0;
  let tried = false;
  tryIt.addEventListener("click", () => { tried = true; });
  slider.addEventListener("input", () => {
    shown.textContent = `${slider.value} %`;
    clearTimeout(waiting);
    if (tried) waiting = setTimeout(() => doing(tryIt, fault, preview), 250);
  });

  const live = button(title ? "Save and use" : "Make live", () => doing(live, fault, async () => {
    const target = title ?? label.value.trim();
    if (!target) { label.focus(); throw new Error("Give the incident a name."); }
    const wire = await samples.wire();
    if (!wire.length && !title) throw new Error(`Give at least one of the ${medium.many} to be caught.`);
    await save(medium, target, { about: title ? null : about.value.trim(), sensitivity: slider.value / 100, wire, fresh: !title });
    location.assign(`?incident=${name(target)}`);
  }), "primary");

  const load = button("Fill in sample data", () => {
    if (!title) { label.value ||= medium.example.name; about.value ||= medium.example.about; }
    samples.fill(medium.example.samples);
    traffic.fill(medium.example.traffic);
    say("Sample data was filled in.");
  });
  const given = title ? [] : handed();
  if (given.length) samples.fill(given);
  if (example) load.click();
  return [h("div", { class: "split" },
    panel(title ? "Add samples" : "New incident", title ? null : field("Name", label, "Letters, digits, - . _ ~"), title ? null : field("Description (optional)", about), samples.node, h("div", { class: "row" }, load)),
    panel("Preview before it is live", traffic.node,
      h("div", { class: "field" }, h("div", { class: "row apart" }, h("label", { for: "sensitivity" }, "Sensitivity"), shown), slider, h("p", { class: "hint" }, "Higher catches more, and more that is harmless.")),
      h("div", { class: "row" }, tryIt, live), fault, results))];
}

// Asks in as many calls as the traffic needs; the samples go along with each.
async function previewed(medium, { [medium.previewed]: traffic, ...rest }) {
  const room = LARGEST + 1_500_000 - size(rest);
  const largest = Math.max(...traffic.map(size));
  if (largest > room) throw new Error(`The ${medium.many} are too large to be tried together; take fewer or smaller samples.`);
  const answers = [];
  let before = 0;
  for (const block of blocks(traffic, 10_000, room)) {
    const answer = await call("POST", `${medium.own}:preview`, { ...rest, [medium.previewed]: block });
    for (const each of answer.findings) if (each.position !== undefined) each.position += before;
    before += block.length;
    answers.push(answer);
  }
  const sum = (key) => answers.reduce((total, each) => total + each[key], 0);
  const findings = answers.flatMap((each) => each.findings).sort((one, other) => other.probability - one.probability);
  return { ...answers[0], caught: sum("caught"), nearly: sum("nearly"), notCaught: sum("notCaught"), findings };
}

async function save(medium, target, given) {
  const one = `${medium.root}/${name(target)}`;
  try {
    await written(medium, one, target, given);
  } catch (error) {
    // Nothing stays of an incident that could not be made, so that the button can be pressed again.
    if (given.made) await call("DELETE", one).catch(() => {});
    throw error;
  }
}

async function written(medium, one, target, given) {
  const { about, sensitivity, wire, fresh } = given;
  if (fresh) {
    // From the list: a 404 for a name that is free would stand in the console as an error.
    const there = await list(medium.root);
    if (there.some((each) => each.incidentName === target)) throw new Error(`There is an incident “${target}” already; open it to add samples.`);
    await call("PATCH", one, { incidentName: target, ...(about ? { incidentDefinition: about } : {}) });
    given.made = true;
  }
  await call("PATCH", `${medium.own}/${name(target)}`, { sensitivity });
  for (const block of blocks(wire.map(medium.sample), medium.perCall)) await call("POST", `${one}:addIncidentSamples`, { incidentSamples: block });
  await call("POST", `${one}:deploy`);
}

function picture(answer, traffic, judged) {
  const counts = h("div", { class: "counts" });
  const drawing = h("div");
  const count = () => {
    const told = [["Caught", answer.caught], ["Nearly", answer.nearly], ["Not", answer.notCaught]];
    counts.replaceChildren(...told.map(([label, number]) => h("div", {}, h("b", {}, number.toLocaleString()), label)), ...(judged.any() ? shares(answer.findings, judged, traffic.key) : []));
    drawing.replaceChildren(fitted((wide) => strip(answer, wide, (each) => judged.wrong(traffic.key(each), each.outcome === "caught"))));
  };
  count();
  return [counts, drawing, h("p", { class: "hint" }, "Mark what is wrong or missed: precision and recall stand beside the counts, and follow the sensitivity."),
    h("ul", { class: "findings judged", tabindex: 0, "aria-label": "Findings" }, answer.findings.slice(0, 300).map((each, place) => finding(each, place, traffic, mark(each, judged, traffic.key, count)))),
    answer.findings.length > 300 ? h("p", { class: "hint" }, `The likeliest 300 of ${plural(answer.findings.length, "finding")} are shown.`) : null].filter((each) => each);
}

function finding(each, place, traffic, control) {
  const [word, kind] = OUTCOMES[each.outcome];
  return h("li", {}, h("span", { class: `badge ${kind}` }, word), h("div", {}, traffic.show(each, place)), h("span", { class: "number muted" }, each.probability.toFixed(2)), control);
}

// One mark for each text by its probability, and the line from which they are caught; rings are marked wrong.
function strip(answer, wide, wrong) {
  const at = (share) => 10 + share * (wide - 20);
  const drawing = svg("svg", { viewBox: `0 0 ${wide} 74`, class: "strip", role: "img", "aria-label": `Probabilities of ${answer.findings.length} items; the threshold is ${answer.threshold.toFixed(2)}` });
  drawing.append(svg("line", { x1: 10, x2: wide - 10, y1: 54, y2: 54, class: "axis" }));
  answer.findings.slice(0, 2000).forEach((each, place) => {
    drawing.append(svg("circle", { cx: at(each.probability), cy: 46 - (place % 5) * 8, r: 4, class: wrong(each) ? `${each.outcome} wrong` : each.outcome }));
  });
  drawing.append(svg("line", { x1: at(answer.threshold), x2: at(answer.threshold), y1: 4, y2: 58, class: "cut" }));
  drawing.append(words(10, 70, "unlike the samples"), words(wide - 10, 70, "like the samples", "end"));
  return drawing;
}
