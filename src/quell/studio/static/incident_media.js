// What differs between incidents of texts and of images.
import { call, name } from "./api.js";
import { button, field, h, lines } from "./dom.js";
import { marked } from "./highlight.js";
import { chart, pictures, small, thumb } from "./pictures.js";
import { columns } from "./tables.js";

const text = {
  root: "/contentsafety/text/incidents", own: "/quell/text/incidents", many: "texts", Many: "Texts", previewed: "texts", perCall: 100,
  sample: (each) => ({ text: each }),
  input: textInput,
  samples: async (title, samples, remove) => h("ul", { class: "findings", tabindex: 0, "aria-label": "Samples" }, samples.map((each) => {
    const control = button("Remove", () => remove(each.incidentSampleId, control, () => line.remove()), "small");
    const line = h("li", { class: "row apart" }, h("span", {}, each.text), control);
    control.setAttribute("aria-label", `Remove ${each.text.slice(0, 60)}`);
    return line;
  })),
  example: {
    name: "parcel-fee", about: "Messages that ask for a small fee to release a parcel",
    samples: ["Your parcel is on hold, pay 1.99 to release it", "Package waiting: settle the customs fee here today", "Delivery failed, confirm your address and pay the small charge",
      "We could not deliver your order. Pay the shipping fee to reschedule", "Final notice: your package returns to sender unless the fee is paid"],
    traffic: ["Hi! Your parcel is being held, please pay 2.50 so we can release it", "Is the meeting still at three?", "Your package awaits: a customs charge must be settled now",
      "The parcel came this morning, thank you!", "How much is shipping to Norway?", "Lunch at the new place on Friday?", "Pay the delivery charge within 24 hours or lose your package",
      "Can you review my pull request when you have time?", "My order says delivered but I have not got it", "The concert was lovely, thanks for the tickets"],
  },
};

const image = {
  root: "/contentsafety/image/incidents", own: "/quell/image/incidents", many: "images", Many: "Images", previewed: "images", perCall: 10,
  sample: (each) => ({ image: each }),
  input: imageInput,
  samples: async (title, samples, remove) => {
    const some = samples.slice(0, 24);
    const found = await Promise.all(some.map((each) => call("GET", `/contentsafety/image/incidents/${name(title)}/incidentSamples/${name(each.incidentSampleId)}`)));
    return h("div", {}, h("ul", { class: "thumbs" }, found.map((each, place) => {
      const control = button("Remove", () => remove(each.incidentSampleId, control, () => line.remove()), "small quiet");
      const line = h("li", {}, thumb(each.image.content, `Sample ${place + 1}`), control);
      control.setAttribute("aria-label", `Remove sample ${place + 1}`);
      return line;
    })),
      samples.length > 24 ? h("p", { class: "hint" }, `The newest 24 of ${samples.length} are shown.`) : null);
  },
  example: {
    name: "round-logo", about: "A picture that goes around", samples: [0], traffic: [1, 2, 3],
  },
};

// Thumbnails of a preview at most; the rest are told by name.
const SHOWN = 60;

export const media = { incidents: text, "image-incidents": image };

// Lines to paste, or a file of lines, CSV or JSON Lines.
function textInput(label, hint) {
  const area = h("textarea", { rows: 6, spellcheck: "false" });
  const file = h("input", { type: "file", accept: ".txt,.csv,.jsonl,.ndjson,text/plain,text/csv" });
  const count = h("span", { class: "muted" });
  const labelled = new Map();
  const told = () => { count.textContent = lines(area.value).length ? `${lines(area.value).length.toLocaleString()} lines` : ""; };
  area.addEventListener("input", told);
  file.addEventListener("change", async () => {
    if (!file.files[0]) return;
    const read = columns(await file.files[0].text(), file.files[0].name).map((each) => ({ text: each.text.replace(/\s+/g, " ").trim(), label: each.label })).filter((each) => each.text);
    for (const each of read) if (each.label) labelled.set(each.text, each.label);
    const rows = read.map((each) => each.text);
    area.value = [...lines(area.value), ...rows].slice(0, 10_000).join("\n");
    file.value = "";
    told();
  });
  return {
    node: h("div", { class: "stack" }, field(`${label}, one a line`, area, hint), h("div", { class: "row apart" }, h("details", {}, h("summary", {}, "From a file"), field("Text, CSV or JSON Lines", file)), count)),
    wire: async () => lines(area.value),
    labels: () => labelled,
    key: (each) => each.text,
    fill: (rows) => { area.value = rows.join("\n"); told(); },
    show: (each) => marked(each.text, each.window && each.outcome === "caught" ? [{ start: each.window.offset, length: each.window.length, kind: "incident", label: each.sampleText ?? "" }] : []),
  };
}

function imageInput(label, hint) {
  const picked = pictures(label, hint);
  return {
    node: picked.node,
    wire: async () => picked.all().map((each) => ({ content: each.content })),
    key: (each) => picked.all()[each.position]?.content ?? each.position,
    fill: async (kinds) => { for (const kind of kinds) picked.add(`sample-${kind}.png`, await chart(kind)); },
    show: (each, place) => {
      const one = picked.all()[each.position];
      const label = one?.name ?? `Image ${each.position + 1}`;
      return h("div", { class: "row" }, one && place < SHOWN ? small(one, label) : null, h("span", {}, label));
    },
  };
}
