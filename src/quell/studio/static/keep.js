// What was judged becomes a sample of an incident: of one that is there, or of a new one.
import { call, name } from "./api.js";
import { blocks } from "./blocks.js";
import { button, doing, field, h, plural, say } from "./dom.js";

const NEW = "";
const HANDED = "quell-samples";
const LONGEST = 1024;
const KINDS = {
  text: { root: "/contentsafety/text/incidents", page: "/studio/incidents", perCall: 100, one: "text", wire: (text) => ({ text }), fits: (text) => Array.from(text).length <= LONGEST },
  image: { root: "/contentsafety/image/incidents", page: "/studio/image-incidents", perCall: 10, one: "image", wire: (content) => ({ image: { content } }), fits: () => true },
};

// `chosen` gives the samples when the button is used.
export function keep(medium, names, chosen, summary) {
  const kind = KINDS[medium];
  const choice = h("select", {}, names.map((each) => h("option", {}, each)), medium === "text" ? h("option", { value: NEW }, "A new incident …") : null);
  const fault = h("div");
  const add = button("Add", () => doing(add, fault, async () => {
    const samples = chosen();
    if (!samples.length) throw new Error(`Choose at least one ${kind.one} first.`);
    if (!samples.every(kind.fits)) throw new Error(`A sample has at most ${LONGEST.toLocaleString()} characters.`);
    if (choice.value === NEW) {
      hand(samples);
      location.assign(`${kind.page}?new`);
      return;
    }
    const one = `${kind.root}/${name(choice.value)}`;
    for (const block of blocks(samples.map(kind.wire), kind.perCall)) await call("POST", `${one}:addIncidentSamples`, { incidentSamples: block });
    await call("POST", `${one}:deploy`);
    fault.replaceChildren(h("p", { class: "hint" }, `Added; ${kind.one}s like ${samples.length === 1 ? "it" : "them"} now hit ${choice.value}.`));
    say(`${plural(samples.length, `${kind.one} was`, `${kind.one}s were`)} added.`);
  }));
  if (!names.length && medium !== "text") return null;
  return h("details", {}, h("summary", {}, summary), field("Incident", choice), h("div", { class: "row" }, add), fault);
}

// From one page to the next, for one reading: not in the address, and gone with the tab.
function hand(samples) {
  sessionStorage.setItem(HANDED, JSON.stringify(samples));
}

export function handed() {
  const found = sessionStorage.getItem(HANDED);
  sessionStorage.removeItem(HANDED);
  try { return JSON.parse(found) ?? []; } catch { return []; }
}
