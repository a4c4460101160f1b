// Blocklists and allow-lists: make one, its items, files in and out, try a text.
import { call, list, name, send } from "./api.js";
import { ask, button, doing, download, empty, field, h, lines, panel, plural, say } from "./dom.js";
import { marked } from "./highlight.js";
import { kinds } from "./list_kinds.js";

export async function start(content, page) {
  const kind = kinds[page];
  const title = new URLSearchParams(location.search).get("list");
  if (title) await one(content, kind, title);
  else await all(content, kind);
}

async function all(content, kind) {
  const found = await list(kind.root);
  const fault = h("div");
  const label = h("input", { maxlength: 64, autocomplete: "off" });
  const about = h("input", { maxlength: 1024, autocomplete: "off" });
  const terms = h("textarea", { rows: 5, spellcheck: "false" });
  const settings = kind.settings();
  const make = button("Create", () => doing(make, fault, async () => {
    const target = label.value.trim();
    if (!target) { label.focus(); throw new Error("Give the list a name."); }
    if (found.some((each) => kind.title(each) === target)) throw new Error(`There is a list “${target}” already; open it to add terms.`);
    await call("PATCH", `${kind.root}/${name(target)}`, { description: about.value.trim(), ...settings.wire() });
    await add(kind, target, lines(terms.value).map((text) => ({ text })));
    location.assign(`?list=${name(target)}`);
  }), "primary");
  const sample = button("Fill in sample data", () => { label.value ||= kind.sample.title; about.value ||= kind.sample.about; terms.value = kind.sample.terms.join("\n"); });
  const rows = found.map((each) => {
    const title = kind.title(each);
    const line = h("tr", {}, h("td", {}, h("a", { href: `?list=${name(title)}` }, title)), h("td", {}, each.description || "–", kind.details(each) ? h("div", { class: "hint" }, kind.details(each)) : null), h("td", {}, actions(kind, title, fault, () => line.remove())));
    return line;
  });
  content.append(
    found.length ? panel(`All ${kind.Many.toLowerCase()}`, h("table", { class: "stacked" }, h("thead", {}, h("tr", {}, ["Name", "Description", "Actions"].map((text) => h("th", { scope: "col" }, text)))), h("tbody", {}, rows)))
      : empty(`No ${kind.one} yet`, kind.about, sample),
    panel(`New ${kind.one}`, field("Name", label, kind.name), field("Description (optional)", about), settings.node, field("Terms, one a line (optional)", terms), h("div", { class: "row" }, make, found.length ? sample : null), fault));
}

function actions(kind, title, fault, gone) {
  const take = button("Export CSV", () => doing(take, fault, async () => {
    download(`${title}.${kind.one.replace("-", "")}.csv`, await (await send("GET", `${kind.own}/${name(title)}:export?format=csv`)).text(), "text/csv");
  }), "small");
  const remove = button("Delete", async () => {
    if (!await ask(`Delete the ${kind.one} “${title}” and its items?`, "Delete")) return;
    await doing(remove, fault, async () => { await call("DELETE", `${kind.root}/${name(title)}`); gone(); say(`${title} was deleted.`); });
  }, "danger small");
  remove.setAttribute("aria-label", `Delete ${title}`);
  take.setAttribute("aria-label", `Export ${title} as CSV`);
  return h("div", { class: "row" }, take, remove);
}

async function add(kind, title, items) {
  for (let first = 0; first < items.length; first += 100) {
    await call("POST", `${kind.root}/${name(title)}:${kind.add}`, { [kind.items]: items.slice(first, first + 100) });
  }
}

async function one(content, kind, title) {
  const [found, items] = await Promise.all([call("GET", `${kind.root}/${name(title)}`), list(`${kind.root}/${name(title)}/${kind.items}`, 10_000)]);
  const fault = h("div");
  content.append(h("p", {}, h("a", { href: location.pathname }, `← All ${kind.Many.toLowerCase()}`)), fault,
    panel(title, h("p", { class: "muted" }, found.description || "No description."), h("p", {}, plural(items.length, "item"), kind.details(found) ? `; ${kind.details(found)}` : ""), actions(kind, title, fault, () => location.assign(location.pathname))),
    h("div", { class: "split" }, h("div", { class: "stack" }, adding(kind, title), reach(kind, title, found)), trying(kind, title)), itemTable(kind, title, items, fault));
}

// What the list lifts can be changed; a blocklist has nothing of the kind.
function reach(kind, title, found) {
  const settings = kind.settings(found);
  if (!settings.node) return null;
  const fault = h("div");
  const save = button("Save", () => doing(save, fault, async () => {
    await call("PATCH", `${kind.root}/${name(title)}`, settings.wire());
    location.reload();
  }));
  return panel("What it lifts", settings.node, h("div", { class: "row" }, save), fault);
}

function adding(kind, title) {
  const fault = h("div");
  const terms = h("textarea", { rows: 4, spellcheck: "false" });
  const pattern = h("input", { type: "checkbox" });
  const save = button("Add", () => doing(save, fault, async () => {
    const texts = lines(terms.value);
    if (!texts.length) throw new Error("Type at least one term.");
    await add(kind, title, texts.map((text) => ({ text, ...(pattern.checked ? { isRegex: true } : {}) })));
    location.reload();
  }), "primary");
  const file = h("input", { type: "file", accept: ".csv,.jsonl,.ndjson,text/csv" });
  const bring = button("Import", () => doing(bring, fault, async () => {
    if (!file.files[0]) throw new Error("Choose a file first.");
    const type = /\.csv$/i.test(file.files[0].name) ? "text/csv" : "application/x-ndjson";
    await call("POST", `${kind.own}/${name(title)}:import`, await file.files[0].text(), type);
    location.reload();
  }));
  return panel("Add items", field("Terms, one a line", terms), h("label", { class: "check" }, pattern, "They are patterns (regular expressions)"), h("div", { class: "row" }, save), fault,
    h("details", {}, h("summary", {}, "From a file"), field("CSV or JSON Lines, as exported", file), bring));
}

function trying(kind, title) {
  const fault = h("div");
  const text = h("textarea", { rows: 4 });
  const shown = h("div", { class: "stack" });
  const test = button("Test", () => doing(test, fault, async () => {
    if (!text.value) throw new Error("Type a text first.");
    const answer = await call("POST", `${kind.own}/${name(title)}:test`, { text: text.value });
    shown.replaceChildren(h("p", {}, h("span", { class: `badge ${answer.matches.length ? kind.found : ""}` }, answer.matches.length ? plural(answer.matches.length, "match", "matches") : "No match")),
      h("p", { class: "quote" }, marked(text.value, answer.matches.map((each) => ({ start: each.offset, length: each.length, kind: kind.mark, label: each.itemText })))), await kind.effect(text.value) ?? "");
    say(`${answer.matches.length} matches`);
  }), "primary");
  return panel("Test a text", field("Text", text, kind.hint), h("div", { class: "row" }, test), fault, shown);
}

function itemTable(kind, title, items, fault) {
  const body = h("tbody");
  const filter = h("input", { type: "search" });
  const note = h("p", { class: "hint" });
  const show = () => {
    const kept = items.filter((each) => each.text.toLowerCase().includes(filter.value.toLowerCase()));
    body.replaceChildren(...kept.slice(0, 200).map((each) => row(kind, title, each, fault, () => { items.splice(items.indexOf(each), 1); show(); })));
    note.textContent = kept.length > 200 ? `200 of ${kept.length.toLocaleString()} are shown; filter to see others.` : "";
  };
  filter.addEventListener("input", show);
  show();
  return panel("Items", items.length ? null : h("p", { class: "muted" }, "No item yet."), items.length > 10 ? field("Filter", filter) : null,
    items.length ? h("table", { class: "stacked" }, h("thead", {}, h("tr", {}, ["Text", "Kind", "Actions"].map((text) => h("th", { scope: "col" }, text)))), body) : null, note);
}

function row(kind, title, item, fault, gone) {
  const line = h("tr");
  const show = () => {
    const edit = button("Edit", () => change(), "small");
    const remove = button("Remove", () => doing(remove, fault, async () => {
      await call("POST", `${kind.root}/${name(title)}:${kind.remove}`, { [kind.ids]: [kind.item(item)] });
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
      await call("POST", `${kind.root}/${name(title)}:${kind.add}`, { [kind.items]: [{ [kind.id]: kind.item(item), text: text.value }] });
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
