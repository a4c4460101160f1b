// Incidents of one medium: the list, one incident, and the way to a new one.
import { call, list, name, send } from "./api.js";
import { spark } from "./chart.js";
import { ask, button, doing, download, empty, h, panel, percent, plural, say, when } from "./dom.js";
import { editor } from "./incident_edit.js";
import { media } from "./incident_media.js";
import { sweeps } from "./sweeps.js";

const HOUR = 3_600_000;

export async function start(content, page) {
  const medium = media[page];
  const query = new URLSearchParams(location.search);
  if (query.has("new")) content.append(...editor(medium, { example: query.has("example") }));
  else if (query.get("incident")) await one(content, medium, query.get("incident"));
  else await all(content, medium, page);
}

async function all(content, medium, page) {
  const found = await list(`${medium.root}`);
  const create = h("a", { class: "primary", href: "?new" }, "New incident");
  const example = h("a", { href: "?new&example" }, "Try with sample data");
  if (!found.length) {
    content.append(empty("No incident yet", `An incident is a set of ${medium.many} like which nothing more should pass. A handful is enough, and it works from the moment you add them.`, create, example));
    return;
  }
  const fault = h("div");
  const rows = h("tbody");
  content.append(h("div", { class: "row" }, create, example), fault,
    panel("All incidents", h("table", { class: "stacked tight" },
      h("thead", {}, h("tr", {}, ["Name", "Last hour", "Last 24 hours", "Samples", "Sensitivity", "Last change", "Actions"].map((text) => h("th", { scope: "col" }, text)))), rows)));
  const report = await call("GET", "/quell/monitor/incidents?hours=24").catch(() => null);
  const settings = await Promise.all(found.slice(0, 200).map((each) => call("GET", `${medium.own}/${name(each.incidentName)}`).catch(() => null)));
  found.slice(0, 200).forEach((each, place) => rows.append(row(medium, each, settings[place], fault, hits(report, page, each.incidentName))));
  if (found.length > 200) content.append(h("p", { class: "hint" }, `The newest 200 of ${found.length} are shown.`));
}

// What an incident caught in the last hour and the last day; where nothing is counted nothing is drawn.
function hits(report, page, title) {
  if (!report?.enabled) return ["–", "–"];
  const medium = page === "incidents" ? "text" : "image";
  const found = report.value.find((one) => one.medium === medium && one.incidentName === title);
  if (!found) return ["0", "0"];
  const first = Math.floor(Date.now() / HOUR) - 23;
  const values = Array.from({ length: 24 }, () => 0);
  for (const each of found.hours) values[Math.round(new Date(each.hour).getTime() / HOUR) - first] = each.count;
  return [found.lastHour.toLocaleString(), h("div", { class: "row" }, found.count.toLocaleString(), spark(values.slice(-24), `${plural(found.count, "hit")} in 24 hours`))];
}

function row(medium, each, settings, fault, caught) {
  const title = each.incidentName;
  const line = h("tr", {},
    h("td", {}, h("a", { href: `?incident=${name(title)}` }, title), each.incidentDefinition || each.description ? h("div", { class: "hint" }, each.incidentDefinition || each.description) : null),
    caught.map((each, place) => h("td", { "data-label": ["Last hour", "Last 24 hours"][place] }, each)),
    h("td", {}, settings ? plural(settings.sampleCount, "sample") : "–"),
    h("td", { "data-label": "Sensitivity" }, settings ? percent(settings.sensitivity) : "–"),
    h("td", { "data-label": "Last change" }, when(each.lastUpdated)),
    h("td", {}, actions(medium, title, fault, () => { line.remove(); say(`${title} was deleted.`); })));
  return line;
}

function actions(medium, title, fault, gone) {
  const take = button("Export", () => doing(take, fault, async () => {
    download(`${title}.incident.json`, await (await send("GET", `${medium.own}/${name(title)}:export`)).text(), "application/json");
  }), "small");
  const remove = button("Delete", async () => {
    if (!await ask(`Delete the incident “${title}” and its samples? Nothing is caught by it any more.`, "Delete")) return;
    await doing(remove, fault, async () => {
      await call("DELETE", `${medium.root}/${name(title)}`);
      gone();
    });
  }, "danger small");
  take.setAttribute("aria-label", `Export ${title}`);
  remove.setAttribute("aria-label", `Delete ${title}`);
  return h("div", { class: "row" }, take, remove);
}

async function one(content, medium, title) {
  const [incident, settings, samples] = await Promise.all([
    call("GET", `${medium.root}/${name(title)}`), call("GET", `${medium.own}/${name(title)}`), list(`${medium.root}/${name(title)}/incidentSamples`, 1000)]);
  const fault = h("div");
  const shown = h("div", {}, await medium.samples(title, samples, async (id, control, gone) => {
    await doing(control, fault, async () => {
      await call("POST", `${medium.root}/${name(title)}:removeIncidentSamples`, { incidentSampleIds: [id] });
      await call("POST", `${medium.root}/${name(title)}:deploy`);
      gone();
      say("The sample was removed.");
    });
  }));
  content.append(h("p", {}, h("a", { href: location.pathname }, "← All incidents")), fault,
    panel(title, h("p", { class: "muted" }, incident.incidentDefinition || incident.description || "No description."),
      h("p", {}, settings.sampleCount ? h("span", { class: "badge good" }, "Live") : h("span", { class: "badge warn" }, "Catches nothing yet"), ` ${plural(settings.sampleCount, "sample")}, sensitivity ${percent(settings.sensitivity)}, last change `, when(settings.lastUpdated)),
      actions(medium, title, fault, () => location.assign(location.pathname))),
    panel("Samples", samples.length ? shown : h("p", { class: "muted" }, "It has no samples and catches nothing. Add some below.")),
    ...editor(medium, { title, sensitivity: settings.sensitivity }),
    await sweeps(medium, title));
}
