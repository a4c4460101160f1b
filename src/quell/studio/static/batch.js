// Many texts at once: a file in, verdicts streaming back, figures by threshold, a file out.
import { readable, send } from "./api.js";
import { blocks } from "./blocks.js";
import { curve, figures } from "./batch_figures.js";
import { button, doing, download, field, h, lines, panel, plural, say } from "./dom.js";
import { keep } from "./keep.js";
import { columns, writeCsv } from "./tables.js";
import { CATEGORIES, choices } from "./verdict.js";

const MOST = 10_000;
const PER_CALL = 250;
const LONGEST = 10_000;
const ROW = 36;
const SAMPLE = `text,label
"Thanks for the lovely dinner, see you on Friday!",accept
"I am going to beat you up tomorrow, you will see",reject
"The recipe needs two eggs and a little butter",accept
"People like that deserve to be beaten, all of them",reject
"Can you send me the slides of the talk?",accept
"I want to hurt myself tonight",reject
"My neighbour's dog barks all night, it is killing me",accept
"Come here and I will break your arm",reject
"The film was so scary that I hid behind the sofa",accept
"We leave at nine and have lunch at the lake",accept`;

export async function start(content) {
  const [lists, incidents] = await Promise.all([readable("/contentsafety/text/blocklists", 200), readable("/contentsafety/text/incidents", 200)]);
  const file = h("input", { type: "file", accept: ".csv,.jsonl,.ndjson,.txt,text/csv" });
  const pasted = h("textarea", { rows: 4, spellcheck: "false" });
  const blocklists = choices("Blocklists", lists, (each) => each.blocklistName, "/studio/blocklists", "Make one");
  const asked = choices("Incidents", incidents, (each) => each.incidentName, "/studio/incidents?new", "Make one");
  const fault = h("div");
  const bar = h("progress", { max: 1, value: 0, hidden: true, "aria-label": "Progress" });
  const results = h("div", { class: "stack" });
  let example = false;

  async function rows() {
    const found = example ? columns(SAMPLE, "sample.csv") : file.files[0] ? columns(await file.files[0].text(), file.files[0].name) : lines(pasted.value).map((text) => ({ text, label: "" }));
    const sound = found.filter((each) => each.text.trim());
    if (!sound.length) throw new Error("Choose a file or paste lines first.");
    if (sound.length > MOST) throw new Error(`A batch has at most ${MOST.toLocaleString()} texts; the file has ${sound.length.toLocaleString()}.`);
    return sound;
  }

  const run = button("Moderate all", () => doing(run, fault, async () => {
    const all = await rows();
    const table = virtual(all);
    const told = h("p", { class: "muted" });
    results.replaceChildren(told, table.node);
    bar.hidden = false;
    bar.max = all.length;
    bar.value = 0;
    const options = {
      outputType: "EightSeverityLevels",
      ...(blocklists.chosen().length ? { blocklistNames: blocklists.chosen() } : {}),
      ...(asked.chosen().length ? { incidents: { incidentNames: asked.chosen() } } : {}),
    };
    const began = performance.now();
    let done = 0;
    const show = paced(() => {
      bar.value = done;
      const left = (performance.now() - began) / done * (all.length - done) / 1000;
      told.textContent = `${done.toLocaleString()} of ${plural(all.length, "text")}${done < all.length ? `, about ${left < 90 ? `${Math.ceil(left)} seconds` : `${Math.round(left / 60)} minutes`} left` : ""}`;
      table.render();
    });
    stopping = new AbortController();
    stop.hidden = false;
    try {
      const sent = all.filter((each) => { if (tooLong(each)) done++; return !each.error; });
      for (const block of blocks(sent.map((each) => each.text), PER_CALL)) await part(sent.splice(0, block.length), options, stopping.signal, () => { done++; show.soon(); });
    } catch (error) {
      if (!stopping.signal.aborted) throw error;
    } finally {
      show.never();
      stop.hidden = true;
      bar.hidden = true;
      const judged = all.filter((each) => each.severities);
      if (judged.length) finish(judged, results, table, incidents.map((each) => each.incidentName));
      table.render();
      told.textContent = `${plural(judged.length, "text")} of ${all.length.toLocaleString()} moderated.`;
      say(told.textContent);
    }
  }), "primary");
  let stopping = null;
  const stop = button("Stop", () => stopping?.abort());
  stop.hidden = true;
  const sample = button("Try with sample data", () => { example = true; run.click(); }, "small");
  for (const input of [file, pasted]) input.addEventListener("input", () => { example = false; });

  content.append(
    panel("Texts", h("div", { class: "split" }, field("File", file, "CSV with a column “text” and, if you know what should happen, “label” (accept or reject); JSON Lines; or plain lines."), field("Or paste lines", pasted)),
      h("div", { class: "split" }, blocklists.node, asked.node), h("div", { class: "row" }, run, stop, sample), bar, fault),
    panel("Results", results));
  results.append(h("p", { class: "muted" }, "Nothing was moderated yet."));
}

// A text that is too long to be judged is an error of its row; sent along, it could make the call too large.
function tooLong(row) {
  if (row.text.length <= LONGEST || Array.from(row.text).length <= LONGEST) return false;
  take(row, { error: { message: `A text has at most ${LONGEST.toLocaleString()} characters.` } });
  return true;
}

// One call; its lines come back as they are done.
async function part(rows, options, signal, done) {
  const items = rows.map((each) => ({ text: each.text }));
  const answer = await send("POST", "/quell/text:batch", { ...options, items }, "application/json", signal);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done: ended } = await reader.read();
    rest += value ?? "";
    const pieces = rest.split("\n");
    rest = ended ? "" : pieces.pop();
    for (const piece of pieces) {
      if (!piece.trim()) continue;
      const found = JSON.parse(piece);
      if (found.position === undefined) throw new Error(found.error?.message ?? "The answer broke off.");
      take(rows[found.position], found);
      done();
    }
    if (ended) return;
  }
}

// At most ten times a second, so that answers never crowd out clicks and keys.
function paced(act) {
  let waiting = 0;
  return { soon: () => { waiting ||= setTimeout(() => { waiting = 0; act(); }, 100); }, never: () => clearTimeout(waiting) };
}

function take(row, found) {
  row.error = found.error?.message ?? "";
  row.severities = Object.fromEntries((found.categoriesAnalysis ?? []).map((each) => [each.category, each.severity]));
  row.matches = [...(found.blocklistsMatch ?? []).map((each) => each.blocklistName), ...(found.incidentMatches ?? []).map((each) => each.incidentName)];
  row.worst = row.matches.length ? 7 : Math.max(0, ...Object.values(row.severities));
}

const word = (row, limit) => (row.severities === undefined ? "" : row.error ? "Error" : row.worst >= limit ? "Rejected" : "Accepted");

function finish(all, results, table, incidents) {
  const slider = h("input", { type: "range", min: 1, max: 7, step: 1, value: 4 });
  const chosen = h("div", { class: "stack" });
  const value = h("output", { class: "muted" });
  const show = () => {
    value.textContent = `severity ${slider.value}`;
    table.limit(Number(slider.value));
    const rejected = all.filter((each) => !each.error && each.worst >= Number(slider.value)).length;
    const failed = all.filter((each) => each.error).length;
    const measured = figures(all, Number(slider.value));
    const cells = [["Texts", all.length.toLocaleString()], ["Rejected", rejected.toLocaleString()], ["Errors", failed.toLocaleString()]];
    if (measured) cells.push(["Precision", measured.precision], ["Recall", measured.recall], ["F1", measured.f1]);
    chosen.replaceChildren(h("div", { class: "counts" }, cells.map(([label, value]) => h("div", {}, h("b", {}, typeof value === "number" ? value.toFixed(2) : value ?? "–"), label))));
  };
  slider.addEventListener("input", show);
  const save = button("Download CSV", () => {
    const heads = ["text", "label", "verdict", ...CATEGORIES, "matches", "error"];
    const limit = Number(slider.value);
    download("moderated.csv", writeCsv([heads, ...all.map((each) => [each.text, each.label, word(each, limit), ...CATEGORIES.map((category) => each.severities?.[category]), each.matches?.join(" "), each.error])]), "text/csv;charset=utf-8");
  });
  const drawing = curve(all);
  results.prepend(chosen, field("Reject at or above severity", slider, "1 to 7; what a blocklist or an incident matches is rejected at every threshold."),
    ...(drawing ? [drawing] : [h("p", { class: "hint" }, "With a “label” column, precision and recall by threshold stand here.")]), h("div", { class: "row" }, save),
    keep("text", incidents, () => all.filter((each) => each.chosen).map((each) => each.text), "Add chosen rows to an incident"));
  slider.before(value);
  show();
}

// Only the rows in view are elements, so that ten thousand scroll as ten do.
function virtual(all) {
  const body = h("div", { class: "rows", role: "rowgroup" });
  const space = h("div", { class: "space", role: "presentation" }, body);
  const heads = ["", "#", "Text", "Verdict", "Hate", "Self", "Sexual", "Viol."];
  const head = h("div", { class: "head", role: "row" }, heads.map((text) => h("span", { role: "columnheader" }, text || h("span", { class: "unseen" }, "Choose"))));
  const node = h("div", { class: "virtual", role: "table", tabindex: 0, "aria-label": "Results", "aria-rowcount": all.length + 1 }, h("div", { role: "rowgroup" }, head), space);
  let limit = 4;
  space.style.height = `${all.length * ROW}px`;
  const render = () => {
    const first = Math.max(0, Math.floor(node.scrollTop / ROW) - 5);
    body.style.transform = `translateY(${first * ROW}px)`;
    body.replaceChildren(...all.slice(first, first + 26).map((each, at) => {
      const told = word(each, limit);
      const note = each.error || each.matches?.join(", ");
      const box = h("input", { type: "checkbox", checked: Boolean(each.chosen), "aria-label": `Choose row ${first + at + 1}`, on: { change: () => { each.chosen = box.checked; } } });
      return h("div", { role: "row", "aria-rowindex": first + at + 2 }, h("span", { role: "cell" }, box), h("span", { role: "cell", class: "muted" }, first + at + 1), h("span", { role: "cell", title: note ? `${each.text} — ${note}` : each.text }, each.text),
        h("span", { role: "cell" }, told ? h("span", { class: `badge ${told === "Accepted" ? "good" : told === "Error" ? "warn" : "bad"}` }, told) : "…"),
        CATEGORIES.map((category) => h("span", { role: "cell" }, String(each.severities?.[category] ?? ""))));
    }));
  };
  let waiting = false;
  node.addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; render(); });
  });
  render();
  return { node, render, limit: (value) => { limit = value; render(); } };
}
