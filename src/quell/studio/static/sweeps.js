// What an incident would have caught in content that is stored: starts sweeps, follows them, shows their hits.
import { call, list, name, readable } from "./api.js";
import { ask, button, doing, field, h, panel, percent, plural, say, when } from "./dom.js";

const ROOT = "/quell/sweeps";
const SHOWN = 200;
const STATUS = { NotStarted: ["Waiting", ""], Running: ["Running", "warn"], Succeeded: ["Done", "good"], Failed: ["Failed", "bad"] };

export async function sweeps(medium, title) {
  const images = medium.own.startsWith("/quell/image");
  const named = images ? "imageIncidentNames" : "incidentNames";
  const source = h("input", { maxlength: 2048, autocomplete: "off", spellcheck: "false" });
  const text = h("input", { maxlength: 256, autocomplete: "off", value: "text" });
  const fault = h("div");
  const rows = h("div", { class: "stack" });
  const start = button("Sweep", () => doing(start, fault, async () => {
    if (!source.value.trim()) { source.focus(); throw new Error("Say where the content lies."); }
    const body = { source: source.value.trim(), [named]: [title], ...(images ? { format: "images" } : { textField: text.value.trim() || "text" }) };
    rows.prepend(entry(await call("POST", ROOT, body), fault));
    say("The sweep was started.");
  }));
  const found = await readable(ROOT, 200);
  rows.append(...found.filter((each) => each[named]?.includes(title)).map((each) => entry(each, fault)));
  return panel("What it would have caught before",
    h("p", { class: "muted" }, images ? "Asks the incident about a folder of pictures that the server may read." : "Asks the incident about stored texts in Parquet, JSON Lines or CSV that the server may read."),
    field("Source", source, "A path below the server’s blob_folder, or s3://, gs://, az:// in one of its blob_stores."),
    images ? null : field("Column with the text", text),
    h("div", { class: "row" }, start), fault, rows);
}

// One sweep: asks how far it is until it is over, as long as the page shows it.
function entry(sweep, fault) {
  const state = h("div", { class: "stack" });
  const hits = h("div");
  const see = button("Show hits", () => doing(see, fault, async () => hits.replaceChildren(await shown(sweep.id))), "small");
  const remove = button("Delete", async () => {
    if (!await ask(`Delete the sweep of “${sweep.source}” with its hits?`, "Delete")) return;
    await doing(remove, fault, async () => {
      await call("DELETE", `${ROOT}/${name(sweep.id)}`);
      box.remove();
      say("The sweep was deleted.");
    });
  }, "danger small");
  see.setAttribute("aria-label", `Show hits of ${sweep.source}`);
  remove.setAttribute("aria-label", `Delete the sweep of ${sweep.source}`);
  const box = h("div", { class: "stack sweep" }, state, h("div", { class: "row" }, see, remove), hits);
  const tell = (now) => {
    const [word, kind] = STATUS[now.status] ?? [now.status, ""];
    const rows = now.rowCount ? `${now.rowsDone.toLocaleString()} of ${plural(now.rowCount, "row")}` : "not read yet";
    state.replaceChildren(h("p", {}, h("span", { class: `badge ${kind}` }, word), ` ${now.source}, started `, when(now.createdAt)),
      h("progress", { max: 1, value: now.progress, "aria-label": `Progress of ${now.source}` }),
      h("p", { class: "hint" }, `${rows} (${percent(now.progress)}), ${plural(now.rowsWithHits, "row")} with hits, ${now.errorCount.toLocaleString()} not judged${now.error ? `. ${now.error}` : ""}`));
  };
  tell(sweep);
  const follow = async (status) => {
    if (status === "Succeeded" || status === "Failed") return;
    await new Promise((resolve) => setTimeout(resolve, 1500));
    if (!box.isConnected) return;
    const found = await call("GET", `${ROOT}/${name(sweep.id)}`).catch(() => null);
    if (!found) return;
    tell(found);
    await follow(found.status);
  };
  follow(sweep.status);
  return box;
}

async function shown(id) {
  const found = await list(`${ROOT}/${name(id)}/hits?maxpagesize=${SHOWN}`, SHOWN);
  if (!found.length) return h("p", { class: "muted" }, "No hits so far.");
  const rows = found.slice(0, SHOWN).map((each) => h("li", {},
    h("span", { class: "hint" }, each.id ?? `${each.file}:${each.line}`),
    h("div", {}, each.text ?? each.file, each.why ? h("div", { class: "hint" }, `Like: ${each.why}`) : null),
    h("span", { class: "number muted" }, each.probability?.toFixed(2) ?? "")));
  return h("div", {}, h("ul", { class: "findings", tabindex: 0, "aria-label": "Hits" }, rows),
    found.length >= SHOWN ? h("p", { class: "hint" }, `The first ${SHOWN} are shown; the API has the rest.`) : null);
}
