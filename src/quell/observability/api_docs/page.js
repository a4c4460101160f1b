"use strict";
// Renders /openapi.json: operations by tag, their parameters and shapes, and a form to try each.
// Everything is put on the page as text, never as markup.

const KEY_HEADER = "Ocp-Apim-Subscription-Key";
const METHODS = ["get", "put", "post", "patch", "delete"];
const byId = (id) => document.getElementById(id);

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

let description;

function resolve(schema) {
  let found = schema ?? {};
  for (let depth = 0; found.$ref && depth < 20; depth += 1) {
    found = found.$ref.slice(2).split("/").reduce((node, part) => node?.[part], description) ?? {};
  }
  const options = (found.anyOf ?? found.oneOf ?? []).filter((option) => option.type !== "null");
  return options.length === 1 ? { ...resolve(options[0]), description: found.description } : found;
}

function typeName(schema) {
  const found = resolve(schema);
  if (found.enum) return found.enum.length > 8 ? `one of ${found.enum.length} values` : found.enum.map(String).join(" | ");
  if (found.const !== undefined) return String(found.const);
  if (found.type === "array") return `list of ${typeName(found.items)}`;
  const options = found.anyOf ?? found.oneOf;
  if (options) return options.map(typeName).join(" or ");
  return [found.type ?? "any", found.format && `(${found.format})`].filter(Boolean).join(" ");
}

function limits(schema) {
  const found = resolve(schema);
  const names = { minLength: "at least % characters", maxLength: "at most % characters", minItems: "at least % items",
    maxItems: "at most % items", minimum: "from %", maximum: "to %", pattern: "pattern %" };
  return Object.entries(names).filter(([name]) => found[name] !== undefined)
    .map(([name, words]) => words.replace("%", found[name]));
}

function example(schema, depth = 0) {
  const found = resolve(schema);
  if (found.example !== undefined) return found.example;
  if (found.examples?.length) return found.examples[0];
  if (found.default !== undefined) return found.default;
  if (found.const !== undefined) return found.const;
  if (found.enum) return found.enum[0];
  if (depth > 5) return null;
  if (found.type === "array") return [example(found.items, depth + 1)];
  if (found.type === "object" || found.properties) {
    const members = Object.entries(found.properties ?? {});
    const required = members.filter(([name]) => found.required?.includes(name));
    return Object.fromEntries((required.length ? required : members.slice(-1))
      .map(([name, member]) => [name, example(member, depth + 1)]));
  }
  return { string: "text", integer: 1, number: 0.5, boolean: false }[found.type] ?? null;
}

function memberRows(schema, indent = 0) {
  const found = resolve(schema);
  if (found.type === "array") return indent > 4 ? [] : memberRows(found.items, indent);
  return Object.entries(found.properties ?? {}).flatMap(([name, member]) => [
    row("\u2003".repeat(indent) + name, (found.required ?? []).includes(name), member),
    ...(indent < 4 ? memberRows(member, indent + 1) : []),
  ]);
}

function row(name, required, schema, words) {
  const notes = [words ?? resolve(schema).description, ...limits(schema)].filter(Boolean).join(" · ");
  return make("tr", {}, make("td", {}, make("code", { textContent: name }), required ? " *" : ""),
    make("td", { textContent: typeName(schema) }), make("td", {}, make("em", { textContent: notes })));
}

function section(title, rows) {
  return rows.length ? make("div", {}, make("h3", { textContent: title }), make("table", {}, ...rows)) : null;
}

function jsonSchema(content) {
  const entry = Object.entries(content ?? {}).find(([type]) => type.includes("json"));
  return entry ? { type: entry[0], schema: entry[1].schema } : null;
}

function tryForm(path, method, parameters, body) {
  const fields = new Map();
  const shown = parameters.filter((one) => one.name !== "api-version" && one.name !== KEY_HEADER);
  const inputs = shown.map((one) => {
    const input = make("input", { name: one.name, placeholder: one.required ? "required" : "optional" });
    fields.set(one, input);
    return make("label", {}, one.name, input);
  });
  const text = body ? make("textarea", { spellcheck: false, ariaLabel: "Request body", value: JSON.stringify(example(body.schema), null, 2) }) : null;
  const answer = make("pre", { hidden: true });
  const form = make("form", {}, make("h3", { textContent: "Try it" }), make("div", { className: "row" }, ...inputs), text,
    make("div", { className: "row" }, make("button", { type: "submit", textContent: "Send" })), answer);
  const takesVersion = parameters.some((one) => one.name === "api-version");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    answer.hidden = false;
    answer.textContent = "…";
    answer.textContent = await send(path, method, fields, takesVersion, body && { type: body.type, text: text.value });
  });
  return form;
}

async function send(path, method, fields, takesVersion, body) {
  const query = new URLSearchParams();
  const headers = { [KEY_HEADER]: byId("key").value };
  let target = path;
  for (const [parameter, input] of fields) {
    if (parameter.in === "path") target = target.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
    else if (input.value !== "" && parameter.in === "query") query.set(parameter.name, input.value);
    else if (input.value !== "" && parameter.in === "header") headers[parameter.name] = input.value;
  }
  if (takesVersion) query.set("api-version", byId("api-version").value);
  if (body) headers["Content-Type"] = body.type;
  try {
    const url = query.size ? `${target}?${query}` : target;
    const answer = await fetch(url, { method: method.toUpperCase(), headers, body: body?.text });
    const raw = await answer.text();
    let shown = raw;
    try { shown = JSON.stringify(JSON.parse(raw), null, 2); } catch { /* not JSON: shown as it came */ }
    return `${answer.status} ${answer.statusText}\n\n${shown}`;
  } catch (error) {
    return `No answer: ${error.message}`;
  }
}

function operationCard(path, method, operation, shared) {
  const parameters = [...shared, ...(operation.parameters ?? [])].map(resolve);
  const body = jsonSchema(resolve(operation.requestBody).content);
  const card = make("details", { id: operation.operationId ?? `${method}${path}` }, make("summary", {},
    make("b", { className: `method ${method}`, textContent: method.toUpperCase() }), make("code", { textContent: path }),
    make("span", { textContent: operation.summary ?? "" })));
  // The inside is made when it is first opened: most operations never are.
  card.addEventListener("toggle", () => {
    if (card.children.length > 1) return;
    const responses = Object.entries(operation.responses ?? {}).map(([status, answer]) => [status, resolve(answer)]);
    const answers = responses.filter(([status]) => status < 400).map(([status, answer]) =>
      section(`${status} ${answer.description ?? ""}`, memberRows(jsonSchema(answer.content)?.schema)));
    const refusals = responses.filter(([status]) => status >= 400).map(([status, answer]) =>
      make("tr", {}, make("td", { textContent: status }), make("td", {}, make("em", { textContent: answer.description ?? "" }))));
    card.append(make("div", { className: "body" }, make("p", { textContent: operation.description ?? "" }),
      section("Parameters", parameters.map((one) => row(`${one.name} (${one.in})`, one.required, one.schema, one.description))),
      section("Request", body ? memberRows(body.schema) : []), ...answers, section("Refusals", refusals),
      tryForm(path, method, parameters, body)));
  });
  return card;
}

function grouped() {
  const groups = new Map();
  for (const [path, item] of Object.entries(description.paths ?? {})) {
    for (const method of METHODS.filter((one) => item[one])) {
      const tag = item[method].tags?.[0] ?? "other";
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push({ path, method, operation: item[method], shared: item.parameters ?? [] });
    }
  }
  return groups;
}

function render(filter) {
  const wanted = filter.trim().toLowerCase();
  const cards = [];
  const links = [];
  for (const [tag, entries] of grouped()) {
    const found = entries.filter(({ path, operation }) =>
      `${path} ${operation.summary ?? ""} ${operation.operationId ?? ""}`.toLowerCase().includes(wanted));
    if (!found.length) continue;
    cards.push(make("h2", { textContent: tag }), ...found.map((one) => operationCard(one.path, one.method, one.operation, one.shared)));
    links.push(make("h2", { textContent: tag }), ...found.map(({ path, method, operation }) =>
      make("a", { href: `#${operation.operationId ?? method + path}`, textContent: operation.summary ?? path })));
  }
  byId("operations").replaceChildren(...(cards.length ? cards : [make("p", { textContent: "Nothing fits." })]));
  byId("contents").replaceChildren(...links);
}

function openLinked() {
  const card = byId(decodeURIComponent(location.hash.slice(1)));
  if (card instanceof HTMLDetailsElement) card.open = true;
}

function versions() {
  const parameters = Object.values(description.paths ?? {}).flatMap((item) =>
    METHODS.flatMap((method) => item[method]?.parameters ?? []));
  const names = parameters.map(resolve).filter((one) => one.name === "api-version")
    .flatMap((one) => resolve(one.schema).enum ?? []);
  return [...new Set(names)].sort().reverse();
}

async function start() {
  try {
    const answer = await fetch("/openapi.json");
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    description = await answer.json();
  } catch (error) {
    byId("state").textContent = `The description of the API could not be loaded: ${error.message}`;
    return;
  }
  byId("version").textContent = description.info?.version ?? "";
  byId("about").textContent = description.info?.description ?? "";
  const names = versions();
  byId("api-version").replaceChildren(...names.map((name) => make("option", { textContent: name })));
  const usual = "2024-09-15-preview";
  if (names.includes(usual)) byId("api-version").value = usual;
  byId("access").addEventListener("submit", (event) => event.preventDefault());
  byId("find").addEventListener("input", (event) => render(event.target.value));
  addEventListener("hashchange", openLinked);
  render("");
  openLinked();
}

start();
