// Blocklists: make one, its items, files in and out, try a text.
import { call, list, name, send } from "./api.js";
import { ask, button, doing, download, empty, field, h, lines, panel, plural, say } from "./dom.js";
import { marked } from "./highlight.js";

const ROOT = "/contentsafety/text/blocklists";
const OWN = "/quell/text/blocklists";
const SAMPLE = ["miracle cure", "guaranteed winnings", "wire the deposit"];

export async function start(content) {
  const title = new URLSearchParams(location.search).get("list");
  if (title) await one(content, title);
  else await all(content);
}

async function all(content) {
  const found = await list(ROOT);
  const fault = h("div");
  const label = h("input", { maxlength: 64, autocomplete: "off" });
  const about = h("input", { maxlength: 1024, autocomplete: "off" });
  const terms = h("textarea", { rows: 5, spellcheck: "false" });
  const make = button("Create", () => doing(make, fault, async () => {
    const target = label.value.trim();
    if (!target) { label.focus(); throw new Error("Give the list a name."); }
    if (found.some((each) => each.blocklistName === target)) throw new Error(`There is a list “${target}” already; open it to add terms.`);
    await call("PATCH", `${ROOT}/${name(target)}`, { blocklistName: target, description: about.value.trim() });
    await add(target, lines(terms.value).map((text) => ({ text })));
    location.assign(`?list=${name(target)}`);
  }), "primary");
  const sample = button("Fill in sample data", () => { label.value ||= "promises"; about.value ||= "Promises that no honest seller makes"; terms.value = SAMPLE.join("\n"); });
  const rows = found.map((each) => {
    const line = h("tr", {}, h("td", {}, h("a", { href: `?list=${name(each.blocklistName)}` }, each.blocklistName)), h("td", {}, each.description || "–"), h("td", {}, actions(each.blocklistName, fault, () => line.remove())));
    return line;
  });
  content.append(
    found.length ? panel("All blocklists", h("table", { class: "stacked" }, h("thead", {}, h("tr", {}, ["Name", "Description", "Actions"].map((text) => h("th", { scope: "col" }, text)))), h("tbody", {}, rows)))
      : empty("No blocklist yet", "A blocklist holds the terms and patterns that you never want to see. It counts from the next request on.", sample),
    panel("New blocklist", field("Name", label, "Letters, digits, - . _ ~"), field("Description (optional)", about), field("Terms, one a line (optional)", terms), h("div", { class: "row" }, make, found.length ? sample : null), fault));
}

function actions(title, fault, gone) {
  const take = button("Export CSV", () => doing(take, fault, async () => {
    download(`${title}.blocklist.csv`, await (await send("GET", `${OWN}/${name(title)}:export?format=csv`)).text(), "text/csv");
  }), "small");
  const remove = button("Delete", async () => {
    if (!await ask(`Delete the blocklist “${title}” and its items?`, "Delete")) return;
    await doing(remove, fault, async () => { await call("DELETE", `${ROOT}/${name(title)}`); gone(); say(`${title} was deleted.`); });
  }, "danger small");
  remove.setAttribute("aria-label", `Delete ${title}`);
  take.setAttribute("aria-label", `Export ${title} as CSV`);
  return h("div", { class: "row" }, take, remove);
}

async function add(title, items) {
  for (let first = 0; first < items.length; first += 100) {
    await call("POST", `${ROOT}/${name(title)}:addOrUpdateBlocklistItems`, { blocklistItems: items.slice(first, first + 100) });
  }
}

async function one(content, title) {
  const [found, items] = await Promise.all([call("GET", `${ROOT}/${name(title)}`), list(`${ROOT}/${name(title)}/blocklistItems`, 10_000)]);
  const fault = h("div");
  content.append(h("p", {}, h("a", { href: location.pathname }, "← All blocklists")), fault,
    panel(title, h("p", { class: "muted" }, found.description || "No description."), h("p", {}, plural(items.length, "item")), actions(title, fault, () => location.assign(location.pathname))),
    h("div", { class: "split" }, adding(title), trying(title)), itemTable(title, items, fault));
}

function adding(title) {
  const fault = h("div");
  const terms = h("textarea", { rows: 4, spellcheck: "false" });
  const pattern = h("input", { type: "checkbox" });
  const save = button("Add", () => doing(save, fault, async () => {
    const texts = lines(terms.value);
    if (!texts.length) throw new Error("Type at least one term.");
    await add(title, texts.map((text) => ({ text, ...(pattern.checked ? { isRegex: true } : {}) })));
    location.reload();
  }), "primary");
  const file = h("input", { type: "file", accept: ".csv,.jsonl,.ndjson,text/csv" });
  const bring = button("Import", () => doing(bring, fault, async () => {
    if (!file.files[0]) throw new Error("Choose a file first.");
    const type = /\.csv$/i.test(file.files[0].name) ? "text/csv" : "application/x-ndjson";
    await call("POST", `${OWN}/${name(title)}:import`, await file.files[0].text(), type);
    location.reload();
  }));
  return panel("Add items", field("Terms, one a line", terms), h("label", { class: "check" }, pattern, "They are patterns (regular expressions)"), h("div", { class: "row" }, save), fault,
    h("details", {}, h("summary", {}, "From a file"), field("CSV or JSON Lines, as exported", file), bring));
}

function trying(title) {
  const fault = h("div");
  const text = h("textarea", { rows: 4 });
  const shown = h("div", { class: "stack" });
  const test = button("Test", () => doing(test, fault, async () => {
    if (!text.value) throw new Error("Type a text first.");
    const answer = await call("POST", `${OWN}/${name(title)}:test`, { text: text.value });
    shown.replaceChildren(h("p", {}, h("span", { class: `badge ${answer.matches.length ? "bad" : "good"}` }, answer.matches.length ? plural(answer.matches.length, "match", "matches") : "No match")),
      h("p", { class: "quote" }, marked(text.value, answer.matches.map((each) => ({ start: each.offset, length: each.length, kind: "block", label: each.itemText })))));
    say(`${answer.matches.length} matches`);
  }), "primary");
  return panel("Test a text", field("Text", text, "Evasion tricks are undone: m1racle, m i r a c l e."), h("div", { class: "row" }, test), fault, shown);
}

function itemTable(title, items, fault) {
  const body = h("tbody");
  const filter = h("input", { type: "search" });
  const note = h("p", { class: "hint" });
  const show = () => {
    const kept = items.filter((each) => each.text.toLowerCase().includes(filter.value.toLowerCase()));
    body.replaceChildren(...kept.slice(0, 200).map((each) => row(title, each, fault, () => { items.splice(items.indexOf(each), 1); show(); })));
    note.textContent = kept.length > 200 ? `200 of ${kept.length.toLocaleString()} are shown; filter to see others.` : "";
  };
  filter.addEventListener("input", show);
  show();
  return panel("Items", items.length ? null : h("p", { class: "muted" }, "No item yet."), items.length > 10 ? field("Filter", filter) : null,
    items.length ? h("table", { class: "stacked" }, h("thead", {}, h("tr", {}, ["Text", "Kind", "Actions"].map((text) => h("th", { scope: "col" }, text)))), body) : null, note);
}

function row(title, item, fault, gone) {
  const line = h("tr");
  const show = () => {
    const edit = button("Edit", () => change(), "small");
    const remove = button("Remove", () => doing(remove, fault, async () => {
      await call("POST", `${ROOT}/${name(title)}:removeBlocklistItems`, { blocklistItemIds: [item.blocklistItemId] });
      gone();
      say("The item was removed.");
    }), "small");
    edit.setAttribute("aria-label", `Edit ${item.text}`);
    remove.setAttribute("aria-label", `Remove ${item.text}`);
    line.replaceChildren(h("td", {}, item.text, item.description ? h("div", { class: "hint" }, item.description) : null), h("td", {}, item.isRegex ? "Pattern" : "Term"), h("td", {}, h("div", { class: "row" }, edit, remove)));
  };
  const change = () => {
    const text = h("input", { value: item.text, "aria-label": `New text for ${item.text}`, maxlength: 1000 });
    const save = button("Save", () => doing(save, fault, async () => {
      await call("POST", `${ROOT}/${name(title)}:addOrUpdateBlocklistItems`, { blocklistItems: [{ blocklistItemId: item.blocklistItemId, text: text.value }] });
      item.text = text.value;
      show();
      say("The item was changed.");
    }), "primary small");
    line.replaceChildren(h("td", {}, text), h("td", {}, item.isRegex ? "Pattern" : "Term"), h("td", {}, h("div", { class: "row" }, save, button("Cancel", show, "small"))));
    text.focus();
  };
  show();
  return line;
}
