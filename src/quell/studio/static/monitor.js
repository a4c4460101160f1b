// What the server did, hour by hour: requests, latencies, severities, incidents and terms.
import { call, list, name } from "./api.js";
import { bars, byHour, hourOf } from "./chart.js";
import { button, doing, empty, field, h, panel, plural } from "./dom.js";

const LISTS = "/contentsafety/text/blocklists";
const SPANS = [[24, "The last 24 hours"], [168, "The last 7 days"], [744, "The last 31 days"]];

export async function start(content) {
  const span = h("select", {}, SPANS.map(([hours, text]) => h("option", { value: hours }, text)));
  const fault = h("div");
  const shown = h("div", { class: "stack" });
  const show = async () => {
    const hours = Number(span.value);
    const report = await call("GET", `/quell/monitor?hours=${hours}`);
    const terms = await named(report.totals.terms);
    shown.replaceChildren(...figures(report, hours, terms));
  };
  const again = button("Refresh", () => doing(again, fault, show));
  span.addEventListener("change", () => doing(span, fault, show));
  content.append(h("div", { class: "row" }, field("Span", span), again), fault, shown);
  await show();
}

// The figures have the ids of terms alone; what still exists is shown by its text.
async function named(terms) {
  if (!terms.length) return [];
  const lists = new Set((await list(LISTS)).map((each) => each.blocklistName));
  const wanted = [...new Set(terms.map((each) => each.blocklistName))].filter((each) => lists.has(each));
  const texts = new Map();
  await Promise.all(wanted.map(async (each) => {
    for (const item of await list(`${LISTS}/${name(each)}/blocklistItems?maxpagesize=1000`, 10_000)) texts.set(`${each}/${item.blocklistItemId}`, item.text ?? item.pattern);
  }));
  const text = (each) => each.blocklistName === "*" ? "all others" : texts.get(`${each.blocklistName}/${each.blocklistItemId}`) ?? `deleted (${each.blocklistItemId})`;
  return terms.map((each) => ({ ...each, text: text(each) }));
}

function figures(report, hours, terms) {
  const { totals } = report;
  const off = report.enabled ? null : h("p", { class: "problem" }, "The monitor is switched off: nothing new is counted.");
  if (!report.hours.length) return [off, empty("Nothing yet", "Requests are counted by hour as they come, as numbers alone. Moderate a text, then look again.", h("a", { class: "primary", href: "/studio/text" }, "Moderate a text"))].filter(Boolean);
  return [
    off,
    panel("Requests", counts(totals), ...requests(report, hours)),
    panel("Operations", operations(totals)),
    panel("Severities", totals.severities.length ? severities(totals.severities) : nothing("No text or image was judged by category.")),
    panel("Top incidents", totals.incidents.length ? table(["Incident", "Of", "Hits"], totals.incidents.map((each) => [incident(each), each.medium === "*" ? "" : each.medium, number(each.count)])) : nothing("No incident was hit.")),
    panel("Top terms", terms.length ? table(["Term", "Blocklist", "Texts"], terms.map((each) => [each.text, each.blocklistName === "*" ? "" : each.blocklistName, number(each.count)])) : nothing("No term of a blocklist was found.")),
  ].filter(Boolean);
}

const nothing = (sentence) => h("p", { class: "muted" }, sentence);
const number = (count) => count.toLocaleString();

function counts(totals) {
  const latency = totals.latency;
  const told = [[number(totals.total), "requests"], [number(totals.rejected), "refused (4xx)"], [number(totals.failed), "failed (5xx)"],
    ...(latency ? [["p50", "half"], ["p95", "95 %"], ["p99", "99 %"]].map(([key, share]) => [`≤ ${duration(latency[key])}`, `${share} answered within`]) : [])];
  return h("div", { class: "counts" }, told.map(([figure, text]) => h("div", {}, h("b", {}, figure), text)));
}

const duration = (ms) => ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;

function requests(report, hours) {
  const rows = byHour(report, hours, (each) => each
    ? { answered: each.total - each.rejected - each.failed, rejected: each.rejected, failed: each.failed }
    : { answered: 0, rejected: 0, failed: 0 });
  const some = rows.filter((row) => row.answered || row.rejected || row.failed);
  return [
    bars(rows, `${plural(report.totals.total, "request")} by hour`),
    h("p", { class: "hint" }, h("span", { class: "badge good" }, "answered"), " ", h("span", { class: "badge warn" }, "refused"), " ", h("span", { class: "badge bad" }, "failed"), " by hour"),
    h("details", {}, h("summary", {}, "As a table"), table(["Hour", "Answered", "Refused", "Failed"], some.map((row) => [hourOf(row.at, 744), number(row.answered), number(row.rejected), number(row.failed)]))),
  ];
}

function operations(totals) {
  return table(["Operation", "Requests", "Refused", "Failed", "p50", "p95", "p99"], totals.latencies.map((each) => {
    const of = (state) => totals.requests.filter((one) => one.operation === each.operation && one.statusClass === state).reduce((sum, one) => sum + one.count, 0);
    return [each.operation, number(each.count), number(of("4xx")), number(of("5xx")), duration(each.p50), duration(each.p95), duration(each.p99)];
  }));
}

function severities(found) {
  const levels = [...new Set(found.map((each) => each.severity))].sort();
  const kinds = [...new Set(found.map((each) => `${each.medium}: ${each.category}`))];
  return table(["Category", ...levels.map((level) => `Severity ${level}`)], kinds.map((kind) => [kind, ...levels.map((level) => {
    const one = found.find((each) => `${each.medium}: ${each.category}` === kind && each.severity === level);
    return one ? number(one.count) : "–";
  })]));
}

function incident(each) {
  if (each.medium === "*") return "all others";
  const page = each.medium === "text" ? "incidents" : "image-incidents";
  return h("a", { href: `/studio/${page}?incident=${name(each.incidentName)}` }, each.incidentName);
}

function table(heads, rows) {
  return h("div", { class: "scroll", tabindex: "0" }, h("table", {}, h("thead", {}, h("tr", {}, heads.map((text) => h("th", { scope: "col" }, text)))),
    h("tbody", {}, rows.map((cells) => h("tr", {}, cells.map((cell) => h("td", {}, cell)))))));
}
