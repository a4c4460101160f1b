// Auto reviewers: labels and examples in, a built version, its report, a text to try.
import { call, list, name, send } from "./api.js";
import { ask, button, doing, empty, field, h, lines, panel, percent, plural, say, when } from "./dom.js";
import { columns } from "./tables.js";

const ROOT = "/contentsafety/text/autoReviewers";
const OWN = "/quell/text/autoReviewers";
const LABELS = "Refund: asks for money back\nDelivery: asks where an order is or when it comes\nOther: anything else";
const EXAMPLES = `Refund: I want my money back for these shoes
Refund: Please refund the second charge on my card
Refund: The lamp arrived broken, how do I get a refund?
Refund: Cancel it and return what I paid
Refund: You charged me twice, give one back
Delivery: Where is my parcel?
Delivery: My order should have come on Monday
Delivery: Can you tell me when the sofa arrives?
Delivery: The tracking page has not changed for a week
Delivery: Is the courier coming today?
Other: I love the new colours
Other: Do you have a shop in the city?
Other: How do I change my password?
Other: Thanks, that answered my question
Other: What are your opening hours?`;

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

export async function start(content) {
  const title = new URLSearchParams(location.search).get("reviewer");
  if (title) await one(content, title);
  else await all(content);
}

async function all(content) {
  const found = await list(ROOT, 500);
  const fault = h("div");
  const rows = found.map((each) => h("tr", {}, h("td", {}, h("a", { href: `?reviewer=${name(each.autoReviewerName)}` }, each.autoReviewerName)), h("td", {}, `version ${each.version}`), h("td", {}, status(each.status)), h("td", {}, each.labels.map((one) => one.labelName).join(", "))));
  content.append(found.length ? panel("All reviewers", h("table", { class: "stacked" }, h("thead", {}, h("tr", {}, ["Name", "Latest", "Status", "Labels"].map((text) => h("th", { scope: "col" }, text)))), h("tbody", {}, rows)))
    : empty("No reviewer yet", "A reviewer gives each text one of your labels, and says why. Describe the labels, add a few examples of each."), define(null, fault), fault);
}

const status = (word) => h("span", { class: `badge ${word === "Succeeded" ? "good" : word === "Failed" ? "bad" : "warn"}` }, word);

function define(title, fault, version) {
  const label = h("input", { maxlength: 64, autocomplete: "off" });
  const labels = h("textarea", { rows: 4, spellcheck: "false", value: version ? version.labels.map((each) => `${each.labelName}: ${each.description}`).join("\n") : "" });
  const examples = h("textarea", { rows: 8, spellcheck: "false" });
  const file = h("input", { type: "file", accept: ".csv,.jsonl,.ndjson" });
  file.addEventListener("change", async () => {
    if (!file.files[0]) return;
    await doing(file, fault, async () => { examples.value = columns(await file.files[0].text(), file.files[0].name).map((each) => `${each.label}: ${each.text.replace(/\s+/g, " ")}`).join("\n"); });
  });
  const build = button(title ? "Build a new version" : "Build", () => doing(build, fault, async () => {
    const target = title ?? label.value.trim();
    if (!target) { label.focus(); throw new Error("Give the reviewer a name."); }
    const split = (line, what) => {
      const at = line.indexOf(":");
      if (at < 1) throw new Error(`“${line.slice(0, 60)}” must begin with ${what} and a colon.`);
      return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    };
    await call("PUT", `${OWN}/${name(target)}`, {
      labels: lines(labels.value).map((line) => split(line, "a label")).map(([labelName, description]) => ({ labelName, description })),
      examples: lines(examples.value).map((line) => split(line, "its label")).map(([labelName, text]) => ({ labelName, text })),
    });
    location.assign(`?reviewer=${name(target)}`);
  }), "primary");
  const sample = button("Fill in sample data", () => { label.value ||= "support-mail"; labels.value = LABELS; examples.value = EXAMPLES; });
  const before = version && button(`Load the examples of version ${version.version}`, () => doing(before, fault, async () => {
    const text = await (await send("GET", `${OWN}/${name(title)}/versions/${version.version}/examples`)).text();
    examples.value = columns(text, "examples.jsonl").map((each) => `${each.label}: ${each.text.replace(/\s+/g, " ")}`).join("\n");
    say("The examples were loaded.");
  }));
  return panel(title ? "New version" : "New reviewer", title ? null : field("Name", label, "Letters, digits, - . _ ~"), h("div", { class: "split" }, field("Labels, one a line as “Label: what it means”", labels, "One of them must be Other."), field("Examples, one a line as “Label: text”", examples)),
    h("details", {}, h("summary", {}, "Examples from a file"), field("CSV or JSON Lines with text and label", file)), h("div", { class: "row" }, build, before ?? sample));
}

async function one(content, title) {
  const versions = await list(`${OWN}/${name(title)}`, 100);
  const fault = h("div");
  const latest = versions[0];
  const state = h("div", { class: "stack" });
  const remove = button("Delete", async () => {
    if (!await ask(`Delete the reviewer “${title}” and all its versions?`, "Delete")) return;
    await doing(remove, fault, async () => { await call("DELETE", `${ROOT}/${name(title)}`); location.assign(location.pathname); });
  }, "danger small");
  content.append(h("p", {}, h("a", { href: location.pathname }, "← All reviewers")), fault, panel(title, state, h("div", { class: "row" }, remove)), tryText(title, versions), report(title, versions), ...(versions.length > 1 ? [compare(title, versions)] : []), define(title, fault, latest));
  watch(title, latest, state).catch((error) => state.append(h("p", { class: "problem" }, error.message)));
}

async function watch(title, latest, state) {
  for (let now = latest; ; now = await call("GET", `${OWN}/${name(title)}/versions/${latest.version}`)) {
    const running = now.status !== "Succeeded" && now.status !== "Failed";
    state.replaceChildren(...[h("p", {}, status(now.status), ` version ${now.version}, ${plural(now.exampleCount, "example")}, engine ${now.engine}, `, when(now.createdTime)),
      running ? h("progress", { max: 1, value: now.progress, "aria-label": "Build" }) : null, now.error ? h("p", { class: "problem" }, now.error) : null].filter((each) => each));
    if (!running) { say(`Version ${now.version}: ${now.status}`); return; }
    await pause(700);
  }
}

function pick(versions) {
  return h("select", {}, versions.map((each) => h("option", { value: each.version }, `Version ${each.version} – ${each.status}`)));
}

function tryText(title, versions) {
  const text = h("textarea", { rows: 3, maxlength: 10000 });
  const version = pick(versions);
  const fault = h("div");
  const shown = h("div", { class: "stack" });
  const review = button("Review", () => doing(review, fault, async () => {
    const found = await call("POST", "/quell/text:review", { text: text.value, autoReviewerName: title, autoReviewerVersion: Number(version.value) });
    shown.replaceChildren(h("p", { class: "verdict" }, h("span", { class: "badge" }, found.labelName), h("span", { class: "muted" }, `confidence ${found.confidence >= 0.995 ? "above 99 %" : percent(found.confidence)}`)), h("p", { class: "quote" }, found.reasoning));
    say(found.labelName);
  }), "primary");
  return panel("Try a text", field("Text", text), field("Version", version), h("div", { class: "row" }, review), fault, shown);
}

// Two versions on the same labelled texts.
function compare(title, versions) {
  const [first, second] = [pick(versions), pick(versions)];
  first.value = versions[1].version;
  const texts = h("textarea", { rows: 4, spellcheck: "false" });
  const fault = h("div");
  const shown = h("div", { class: "stack" });
  const go = button("Compare", () => doing(go, fault, async () => {
    const rows = lines(texts.value).map((line) => {
      const at = line.indexOf(":");
      if (at < 1) throw new Error(`“${line.slice(0, 60)}” must begin with its label and a colon.`);
      return JSON.stringify({ labelName: line.slice(0, at).trim(), text: line.slice(at + 1).trim() });
    });
    if (!rows.length) throw new Error("Give some labelled texts.");
    const found = await call("POST", `${OWN}/${name(title)}:compare?first=${first.value}&second=${second.value}`, rows.join("\n"), "application/x-ndjson");
    shown.replaceChildren(h("div", { class: "counts" }, [[`Accuracy, version ${found.firstVersion}`, percent(found.first.accuracy)], [`Accuracy, version ${found.secondVersion}`, percent(found.second.accuracy)], ["Different", found.differenceCount]].map(([label, value]) => h("div", {}, h("b", {}, value), label))),
      h("ul", {}, found.differences.slice(0, 50).map((each) => h("li", {}, `“${each.text}” (${each.labelName}): ${each.first} / ${each.second}`))));
  }));
  return panel("Compare versions", h("div", { class: "split" }, field("First", first), field("Second", second)), field("Texts, one a line as “Label: text”", texts), h("div", { class: "row" }, go), fault, shown);
}

function report(title, versions) {
  const version = pick(versions);
  const fault = h("div");
  const shown = h("div", { class: "stack" });
  const begin = button("Cross-validate", () => doing(begin, fault, async () => {
    const root = `${OWN}/${name(title)}/versions/${version.value}`;
    for (let now = await call("POST", `${root}:report`); ; now = await call("GET", `${root}/report`)) {
      if (now.report) { shown.replaceChildren(...figures(now.report)); return; }
      if (now.error) throw new Error(now.error);
      shown.replaceChildren(h("progress", { max: 1, value: now.progress, "aria-label": "Report" }));
      await pause(700);
    }
  }));
  return panel("Report", h("p", { class: "muted" }, "Each example is judged by a reviewer that did not see it."), field("Version", version), h("div", { class: "row" }, begin), fault, shown);
}

function figures(found) {
  const names = found.labels.map((each) => each.labelName);
  return [h("div", { class: "counts" }, [["Texts", found.texts], ["Accuracy", percent(found.accuracy)], ["Macro F1", found.macroF1.toFixed(2)]].map(([label, value]) => h("div", {}, h("b", {}, value), label))),
    h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Confusion matrix" }, h("table", {}, h("caption", { class: "hint" }, "Rows: the label people gave. Columns: the label the reviewer gave."),
      h("thead", {}, h("tr", {}, h("td"), names.map((each) => h("th", { scope: "col", class: "number" }, each)), h("th", { scope: "col", class: "number" }, "Precision"), h("th", { scope: "col", class: "number" }, "Recall"))),
      h("tbody", {}, found.labels.map((each, at) => h("tr", {}, h("th", { scope: "row" }, each.labelName), found.confusion[at].map((count) => h("td", { class: "number" }, count)), h("td", { class: "number" }, percent(each.precision)), h("td", { class: "number" }, percent(each.recall))))))),
    found.wrong.length ? h("details", {}, h("summary", {}, `${plural(found.wrongCount, "mistake")}`), h("ul", {}, found.wrong.slice(0, 50).map((each) => h("li", {}, `“${each.text}”: ${each.labelName}, given ${each.given}`)))) : h("p", { class: "muted" }, "No mistakes.")];
}
