// What the server did, hour by hour: requests, verdicts, latencies, incidents, terms and labels.
import { call, list, name } from "./api.js";
import { bars, byHour, levels } from "./chart.js";
import { button, doing, empty, field, h, panel, percent, plural } from "./dom.js";
import { WORDS } from "./verdict.js";

const LISTS = "/contentsafety/text/blocklists";
const SPANS = [[24, "The last 24 hours"], [168, "The last 7 days"], [744, "The last 31 days"]];
const ANSWERS = [["failed", "bad"], ["refused", "warn"], ["answered", "fine"]];
const VERDICTS = [["rejected", "bad"], ["accepted", "fine"]];
const SAMPLES = ["Thanks for the lovely dinner, see you on Friday!", "I know where you live and I am going to beat you up tomorrow.", "The recipe needs two eggs and a little butter", "I want to hurt myself tonight"];
const SPEEDS = [["p50", "half"], ["p95", "most"]];

export async function start(content) {
  const span = h("select", {}, SPANS.map(([hours, text]) => h("option", { value: hours }, text)));
  const level = h("select", {}, [1, 2, 3, 4, 5, 6, 7].map((each) => h("option", { value: each, selected: each === 4 }, `Severity ${each} – ${WORDS[each]}`)));
  const fault = h("div");
  const shown = h("div", { class: "stack" });
  const show = async () => {
    const hours = Number(span.value);
    const report = await call("GET", `/quell/monitor?hours=${hours}&rejectAt=${level.value}`);
    shown.replaceChildren(...figures(report, hours, await named(report.totals.terms), sample));
  };
  const sample = button("Try with sample data", () => doing(sample, fault, async () => {
    for (const text of SAMPLES) await call("POST", "/contentsafety/text:analyze", { text });
    await show();
  }), "small");
  const again = button("Refresh", () => doing(again, fault, show));
  for (const choice of [span, level]) choice.addEventListener("change", () => doing(choice, fault, show));
  content.append(h("div", { class: "row controls" }, field("Span", span), field("Reject at or above", level), again), fault, shown);
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
  return terms.map((each) => ({ ...each, text: text(each), there: lists.has(each.blocklistName) }));
}

function figures(report, hours, terms, sample) {
  const { totals } = report;
  const off = report.enabled ? null : h("p", { class: "problem" }, "The monitor is switched off: nothing new is counted.");
  if (!report.hours.length) return [off, empty("Nothing yet", "Requests are counted by hour as they come, as numbers alone. Moderate a text, then look again.", h("a", { class: "primary", href: "/studio/text" }, "Moderate a text"), sample)].filter(Boolean);
  const rows = byHour(report.since, hours, report.hours, row);
  return [
    off,
    panel("Requests", counts([[totals.total, "requests"], [totals.refused, "refused (4xx)"], [totals.failed, "failed (5xx)"]]), bars(rows, ANSWERS, `${plural(totals.total, "request")} by hour`),
      legend(["good", "answered"], ["warn", "refused"], ["bad", "failed"]), hourly(rows)),
    panel("Verdicts", ...(totals.verdicts.length ? verdicts(report, rows) : [nothing("No text or image was judged.")])),
    panel("Latency", ...(totals.latency ? latency(totals, rows) : [nothing("Nothing was answered.")])),
    panel("Severities", totals.severities.length ? severities(totals.severities) : nothing("No text or image was judged by category.")),
    h("div", { class: "split" },
      panel("Top incidents", totals.incidents.length ? table(["Incident", "Of", "Hits"], totals.incidents.map((each) => [incident(each), each.medium === "*" ? "" : each.medium, number(each.count)])) : nothing("No incident was hit.")),
      panel("Top terms", terms.length ? table(["Term", "Blocklist", "Texts"], terms.map((each) => [each.text, blocklist(each), number(each.count)])) : nothing("No term of a blocklist was found."))),
    panel("Labels of reviewers", totals.labels.length ? table(["Reviewer", "Label", "Texts"], totals.labels.map((each) => [reviewer(each), each.labelName === "*" ? "all others" : each.labelName, number(each.count)])) : nothing("No reviewer gave a label.")),
  ].filter(Boolean);
}

const nothing = (sentence) => h("p", { class: "muted" }, sentence);
const number = (count) => count.toLocaleString();
const duration = (milliseconds) => milliseconds < 1000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toLocaleString()} s`;
const legend = (...kinds) => h("p", { class: "hint" }, kinds.map(([kind, text]) => [h("span", { class: `badge ${kind}` }, text), " "]), "by hour");
const counts = (told) => h("div", { class: "counts" }, told.map(([figure, text]) => h("div", {}, h("b", {}, typeof figure === "number" ? number(figure) : figure), text)));

function row(each) {
  const judged = (each?.verdicts ?? []).reduce((sum, one) => sum + one.count, 0);
  const rejected = (each?.verdicts ?? []).reduce((sum, one) => sum + one.rejected, 0);
  const { refused = 0, failed = 0, total = 0, latency = null } = each ?? {};
  return { total, answered: total - refused - failed, refused, failed, judged, rejected, accepted: judged - rejected, p50: latency?.p50, p95: latency?.p95, p99: latency?.p99 };
}

function hourly(rows) {
  const some = rows.filter((each) => each.total || each.judged).reverse();
  return h("details", {}, h("summary", {}, "As a table"), table(["Hour", "Answered", "Refused", "Failed", "Judged", "Rejected", "p50", "p95", "p99"], some.map((each) => [
    each.at.toLocaleString([], { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" }), ...[each.answered, each.refused, each.failed, each.judged, each.rejected].map(number), ...[each.p50, each.p95, each.p99].map((value) => value ? duration(value) : "–")])));
}

function verdicts(report, rows) {
  const { totals } = report;
  const sum = (member) => totals.verdicts.reduce((all, one) => all + one[member], 0);
  return [
    counts([[sum("count"), "judged"], [sum("rejected"), "rejected"], [percent(sum("rejected") / sum("count")), "reject rate"], [sum("matched"), "by a list or incident"]]),
    bars(rows, VERDICTS, `${plural(sum("rejected"), "rejected verdict")} of ${number(sum("count"))} by hour`), legend(["good", "accepted"], ["bad", "rejected"]),
    table(["Category", "Judged", "Rejected", "Reject rate"], totals.rejects.map((each) => [`${each.medium}: ${each.category}`, number(each.count), number(each.rejected), percent(each.rejected / each.count)])),
    h("p", { class: "hint" }, `Rejected: severity ${report.rejectAt} or more in any category, or a match of a blocklist or an incident.`),
  ];
}

function latency(totals, rows) {
  return [
    counts([["p50", "half"], ["p95", "95 %"], ["p99", "99 %"]].map(([key, share]) => [`≤ ${duration(totals.latency[key])}`, `${share} answered within`])),
    levels(rows, SPEEDS, "Latency by hour: half and 95 % of the answers within", duration),
    h("p", { class: "hint" }, h("i", { class: "key half" }), " half of the answers within ", h("i", { class: "key most" }), " 95 % within, by hour"),
    operations(totals),
  ];
}

function operations(totals) {
  return table(["Operation", "Requests", "Refused", "Failed", "p50", "p95", "p99"], totals.latencies.map((each) => {
    const of = (state) => totals.requests.filter((one) => one.operation === each.operation && one.statusClass === state).reduce((sum, one) => sum + one.count, 0);
    return [each.operation.replace("_", "_\u200b"), number(each.count), number(of("4xx")), number(of("5xx")), duration(each.p50), duration(each.p95), duration(each.p99)];
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

function blocklist(each) {
  if (each.blocklistName === "*") return "";
  return each.there ? h("a", { href: `/studio/blocklists?list=${name(each.blocklistName)}` }, each.blocklistName) : each.blocklistName;
}

function reviewer(each) {
  if (each.autoReviewerName === "*") return "all others";
  return h("a", { href: `/studio/reviewers?reviewer=${name(each.autoReviewerName)}` }, each.autoReviewerName);
}

// Figures stand right under their heading; words, and the first column, left.
const figure = (place, cell) => (place && typeof cell === "string" && /^(≤ )?[\d,.]+( |$)|^–$/.test(cell) ? "number" : null);

function table(heads, rows) {
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": heads[0] }, h("table", {}, h("thead", {}, h("tr", {}, heads.map((text, place) => h("th", { scope: "col", class: figure(place, rows[0]?.[place]) }, text)))),
    h("tbody", {}, rows.map((cells) => h("tr", {}, cells.map((cell, place) => h("td", { class: figure(place, cell) }, cell)))))));
}
