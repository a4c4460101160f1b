// What differs between blocklists and allow-lists.
import { call } from "./api.js";
import { h } from "./dom.js";
import { CATEGORIES } from "./verdict.js";

const NAME = "Letters, digits, - . _ ~";

export const kinds = {
  blocklists: {
    root: "/contentsafety/text/blocklists", own: "/quell/text/blocklists", one: "blocklist", One: "Blocklist", Many: "Blocklists",
    title: (each) => each.blocklistName, item: (each) => each.blocklistItemId, items: "blocklistItems", add: "addOrUpdateBlocklistItems",
    remove: "removeBlocklistItems", ids: "blocklistItemIds", id: "blocklistItemId", mark: "block", found: "bad",
    about: "A blocklist holds the terms and patterns that you never want to see. It counts from the next request on.",
    hint: "Evasion tricks are undone: m1racle, m i r a c l e.", name: NAME,
    sample: { title: "promises", about: "Promises that no honest seller makes", terms: ["miracle cure", "guaranteed winnings", "wire the deposit"] },
    details: () => null,
    settings: () => ({ node: null, wire: () => ({}) }),
    effect: async () => null,
  },
  allowlists: {
    root: "/quell/text/allowlists", own: "/quell/text/allowlists", one: "allow-list", One: "Allow-list", Many: "Allow-lists",
    title: (each) => each.allowlistName, item: (each) => each.allowlistItemId, items: "allowlistItems", add: "addOrUpdateAllowlistItems",
    remove: "removeAllowlistItems", ids: "allowlistItemIds", id: "allowlistItemId", mark: "allow", found: "good",
    about: "An allow-list holds what is harmless in your trade although it sounds otherwise. Around its terms the verdict of the categories that it names is lifted.",
    hint: "What the list speaks for is marked.", name: NAME,
    sample: { title: "kitchen", about: "Words of cooks and recipes", terms: ["beat the eggs", "kill the heat", "stab the potatoes"] },
    details: (each) => `${each.categories.join(", ")}; ${each.window} code points around each item`,
    settings,
    effect,
  },
};

// The categories that are lifted, and how far around an item.
function settings(now = null) {
  const boxes = CATEGORIES.map((each) => [each, h("input", { type: "checkbox", checked: now ? now.categories.includes(each) : each === "Violence" })]);
  const reach = h("input", { type: "number", min: 0, max: 1000, value: now?.window ?? 0, id: "reach" });
  return {
    node: h("div", { class: "stack" }, h("fieldset", {}, h("legend", { class: "label" }, "Categories that it lifts"), h("div", { class: "row wide" }, boxes.map(([each, box]) => h("label", { class: "check" }, box, each)))),
      h("div", { class: "field" }, h("label", { for: "reach" }, "Code points around an item"), reach, h("p", { class: "hint" }, "How far the list speaks for what stands beside an item; 0 is the item alone."))),
    wire: () => {
      const categories = boxes.filter(([, box]) => box.checked).map(([each]) => each);
      if (!categories.length) throw new Error("Choose at least one category.");
      return { categories, window: Number(reach.value) };
    },
  };
}

// What all allow-lists together make of a text.
async function effect(text) {
  const found = await call("POST", "/quell/text:explain", { text, categories: [], incidentNames: [] });
  const lifted = (found.categoriesAnalysis ?? []).filter((each) => each.lifted);
  if (!lifted.length) return h("p", { class: "muted" }, "No verdict changes: without the list no category would be higher.");
  return h("ul", { class: "plain" }, lifted.map((each) => h("li", {}, `${each.category}: severity ${each.severity} instead of ${each.lifted.severity}`)));
}
