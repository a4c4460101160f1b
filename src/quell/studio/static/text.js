// Moderate a text: verdict by category, thresholds, what matched and why, the call as code.
import { call, readable } from "./api.js";
import { code } from "./code.js";
import { button, doing, field, h, panel, percent, say } from "./dom.js";
import { marked } from "./highlight.js";
import { keep } from "./keep.js";
import { bars, choices, thresholds, verdict } from "./verdict.js";

const SAMPLES = [
  ["Friendly", "Thanks for the lovely dinner, see you on Friday!"],
  ["Threat", "I know where you live and I am going to beat you up tomorrow."],
  ["Parcel fee", "Your parcel is on hold, pay 1.99 to release it"],
];

function later(section) {
  section.classList.add("later"); // on a phone the verdict comes first
  return section;
}

export async function start(content) {
  const [lists, incidents] = await Promise.all([readable("/contentsafety/text/blocklists", 200), readable("/contentsafety/text/incidents", 200)]);
  const given = new URLSearchParams(location.search).get("example");
  const text = h("textarea", { rows: 6, maxlength: 10000, value: given === null ? "" : SAMPLES[1][1] });
  const blocklists = choices("Blocklists", lists, (each) => each.blocklistName, "/studio/blocklists", "Make one");
  const asked = choices("Incidents", incidents, (each) => each.incidentName, "/studio/incidents?new", "Make one");
  const fault = h("div");
  const results = h("div", { class: "stack" });
  const snippet = h("div");
  let last = null;
  const limits = thresholds(() => { if (last) render(); });
  const before = earlier((chosen) => { last = chosen; text.value = chosen.sent.text; render(); });

  function body() {
    return {
      text: text.value,
      ...(blocklists.chosen().length ? { blocklistNames: blocklists.chosen() } : {}),
      ...(asked.chosen().length ? { incidents: { incidentNames: asked.chosen() } } : {}),
    };
  }

  function render() {
    const { answer, why, sent } = last;
    const caught = [...answer.blocklistsMatch.map((each) => `blocklist ${each.blocklistName}`), ...(answer.incidentMatches ?? []).map((each) => `incident ${each.incidentName}`)];
    results.replaceChildren(
      verdict(answer.categoriesAnalysis, limits, caught),
      bars(answer.categoriesAnalysis, limits),
      h("h3", {}, "What decided"), h("p", { class: "quote" }, marked(sent.text, places(why, answer))), legend(), ...reasons(why), keep("text", incidents.map((each) => each.incidentName), () => [sent.text], "Add this text to an incident"));
    snippet.replaceChildren(code({ operation: "text:analyze", body: sent, limits: limits.wire() }));
  }

  const run = button("Moderate", () => doing(run, fault, async () => {
    if (!text.value.trim()) { text.focus(); throw new Error("Type or paste a text first."); }
    const sent = body();
    const [answer, why] = await Promise.all([
      call("POST", "/contentsafety/text:analyze", sent),
      call("POST", "/quell/text:explain", { text: sent.text, categories: [], blocklistNames: blocklists.chosen(), incidentNames: asked.chosen() }),
    ]);
    last = { answer, why, sent };
    before.add(last);
    render();
    say(results.querySelector(".verdict").textContent);
  }), "primary");

  results.append(h("p", { class: "muted" }, "The verdict and what decided it come here."));
  content.append(h("div", { class: "split work" },
    h("div", { class: "stack" },
      panel("Text", field("Text to moderate", text, "At most 10,000 characters; it is not kept."),
        h("div", { class: "row" }, run, SAMPLES.map(([label, sample]) => button(`Sample: ${label}`, () => { text.value = sample; run.click(); }, "small"))), fault),
      later(panel("Reject at or above", limits.node)), later(panel("Also look for", blocklists.node, asked.node))),
    h("div", { class: "stack" }, panel("Verdict", results), before.node, snippet)));
}

// The verdicts of this visit, to go back to; they are gone with the page.
function earlier(open) {
  const kept = [];
  const rows = h("ul", { class: "plain" });
  const node = panel("Earlier on this page", rows);
  node.hidden = true;
  const add = (found) => {
    kept.unshift(found);
    kept.splice(20);
    node.hidden = kept.length < 2;
    rows.replaceChildren(...kept.slice(1).map((each) => h("li", {}, h("button", { type: "button", class: "link", on: { click: () => open(each) } }, each.sent.text.slice(0, 120)))));
  };
  return { node, add };
}

function places(why, answer) {
  const found = (why.blocklistsMatch ?? []).map((each) => ({ start: each.offset, length: each.length, kind: "block", label: `Blocklist ${each.blocklistName}: ${each.blocklistItemText}` }));
  for (const each of why.matches) if (each.hit && each.window) found.push({ start: each.window.offset, length: each.window.length, kind: "incident", label: `Incident ${each.incidentName}` });
  const reached = new Set(answer.categoriesAnalysis.filter((each) => each.severity > 0).map((each) => each.category));
  for (const each of why.categoriesAnalysis ?? []) {
    if (reached.has(each.category)) found.push(...each.words.slice(0, 12).map((word) => ({ start: word.offset, length: word.length, kind: "word", label: each.category })));
  }
  return found;
}

function legend() {
  return h("p", { class: "hint" }, h("mark", { class: "word" }, "harm category"), " ", h("mark", { class: "block" }, "blocklist"), " ", h("mark", { class: "incident" }, "incident"));
}

function reasons(why) {
  const rows = (why.categoriesAnalysis ?? []).map((each) => {
    const likely = each.probabilities.map((cut) => `≥${cut.severity}: ${percent(cut.probability)}`).join(", ");
    const lifted = each.lifted ? ` An allow-list lowered it from ${each.lifted.severity}.` : "";
    return h("tr", {}, h("th", { scope: "row" }, each.category), h("td", {}, `${likely}.${lifted}`));
  });
  rows.push(...why.matches.map((each) => h("tr", {}, h("th", { scope: "row" }, each.incidentName),
    h("td", {}, `${each.hit ? "Hit" : "No hit"}: probability ${each.probability.toFixed(2)}, threshold ${each.threshold.toFixed(2)}${each.sampleText ? `; nearest sample “${each.sampleText}”` : ""}`))));
  return [h("details", {}, h("summary", {}, "Probabilities and nearest samples"), h("table", {}, h("tbody", {}, rows)))];
}
