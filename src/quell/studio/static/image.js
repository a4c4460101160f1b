// Moderate an image, alone or with a text beside it.
import { call, readable, send } from "./api.js";
import { code } from "./code.js";
import { button, doing, field, h, panel, percent, say } from "./dom.js";
import { keep } from "./keep.js";
import { chart, pictures } from "./pictures.js";
import { bars, choices, thresholds, verdict } from "./verdict.js";

function later(section) {
  section.classList.add("later"); // on a phone the verdict comes first
  return section;
}

export async function start(content) {
  const incidents = await readable("/contentsafety/image/incidents", 200);
  const picked = pictures("Image", "PNG, JPEG, GIF, WebP, BMP or TIFF, at most 4 MiB; it is not kept.", { single: true });
  const text = h("textarea", { rows: 3, maxlength: 1000 });
  const asked = choices("Image incidents", incidents, (each) => each.incidentName, "/studio/image-incidents?new", "Make one");
  const fault = h("div");
  const results = h("div", { class: "stack" }, h("p", { class: "muted" }, "The verdict and how much of the picture stands behind it come here."));
  const snippet = h("div");
  let last = null;
  const limits = thresholds(() => { if (last) render(); });

  function render() {
    const { severities, hits, coverage, why, together, content: shown, call: made } = last;
    results.replaceChildren(verdict(severities, limits, hits.map((each) => `incident ${each.incidentName}`)), bars(severities, limits, coverage), ...evidence(why, together),
      keep("image", incidents.map((each) => each.incidentName), () => [shown], "Add this image to an incident") ?? "");
    snippet.replaceChildren(code({ ...made, limits: limits.wire() }));
  }

  const run = button("Moderate", () => doing(run, fault, async () => {
    const [file] = picked.all();
    if (!file) throw new Error("Drop or choose an image first.");
    const image = { content: file.content };
    const words = text.value.trim();
    const incident = asked.chosen().length ? { incidents: { incidentNames: asked.chosen() } } : {};
    const [operation, body] = words ? ["imageWithText:analyze", { image, text: words, enableOcr: true }] : ["image:analyze", { image, ...incident }];
    const [answer, why, found] = await Promise.all([
      send("POST", `/contentsafety/${operation}`, body), call("POST", "/quell/image:explain", { image, ...incident }),
      words && asked.chosen().length ? call("POST", "/contentsafety/image:detectIncidents", { image, incidentNames: asked.chosen() }) : null]);
    const told = await answer.json();
    last = { severities: told.categoriesAnalysis, hits: told.incidentMatches ?? found?.incidentMatches ?? [], coverage: covered(answer.headers.get("quell-coverage"), why), why, together: Boolean(words), content: file.content, call: { operation, body, file: file.name } };
    render();
    say(results.querySelector(".verdict").textContent);
  }), "primary");

  const sample = button("Sample: picture", async () => { picked.add("sample.png", await chart(2)); text.value = ""; run.click(); }, "small");
  const meme = button("Sample: picture with words", async () => { picked.add("sample-words.png", await chart(3, "See you at the picnic")); text.value = "Bring a blanket and something to share."; run.click(); }, "small");
  content.append(h("div", { class: "split work" },
    h("div", { class: "stack" },
      panel("Image", picked.node, field("Text beside it (optional)", text, "With a text, both are judged together, as one reads a meme."), h("div", { class: "row" }, run, sample, meme), fault),
      later(panel("Reject at or above", limits.node)), later(panel("Also look for", asked.node))),
    h("div", { class: "stack" }, panel("Verdict", results), snippet)));
}

function covered(header, why) {
  const found = Object.fromEntries(why.categoriesAnalysis.map((each) => [each.category, each.coverage]));
  for (const part of (header ?? "").split(",")) {
    const [category, level] = part.trim().split("=");
    if (level) found[category] = level.trim();
  }
  return found;
}

function evidence(why, together) {
  const words = why.text.lines.map((each) => each.text);
  const rows = [
    ["What it shows", why.nudity ? `explicit with probability ${percent(why.nudity.probability)}` : "not looked at"],
    ["Text in it", words.length ? words.join(" / ") : "none found"],
    ...(why.incidentMatches ?? []).map((each) => [`Incident ${each.incidentName}`, each.hit ? "hit" : "no hit"]),
    ...(together ? [["Text beside it", "judged alone and together with the text in the picture"]] : []),
  ];
  return [h("h3", {}, "What stands behind it"), h("table", {}, h("tbody", {}, rows.map(([label, told]) => h("tr", {}, h("th", { scope: "row" }, label), h("td", {}, told)))))];
}
