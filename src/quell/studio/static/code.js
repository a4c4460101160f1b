// The call of a page as code to copy, with the page's thresholds as its decision: curl, Python, JavaScript.
import { VERSION } from "./api.js";
import { button, h, panel, say } from "./dom.js";

const HOLE = "CONTENT-OF-THE-FILE";
const shell = (text) => `'${text.replaceAll("'", "'\\''")}'`;
const url = (operation) => `${location.origin}/contentsafety/${operation}?api-version=${VERSION}`;

// A picture is read from its file: in Base64 it would be the size of the page.
function curl({ operation, body, file }) {
  const head = `curl -X POST '${url(operation)}' \\
  -H "Ocp-Apim-Subscription-Key: $QUELL_KEY" -H 'Content-Type: application/json'`;
  if (!file) return `${head} \\\n  -d ${shell(JSON.stringify(body))}`;
  const [before, after] = JSON.stringify({ ...body, image: { content: HOLE } }).split(HOLE);
  return `{ printf %s ${shell(before)}; base64 < ${shell(file)} | tr -d '\\n'; printf %s ${shell(after)}; } |
${head} \\\n  --data-binary @-`;
}

function python({ operation, body, file, limits }) {
  const decision = `
LIMITS = ${JSON.stringify(limits)}
rejected = bool(MATCHES) or any(
    one.severity >= LIMITS.get(one.category, 8) for one in answer.categories_analysis)
print("rejected" if rejected else "accepted")`;
  const client = `client = ContentSafetyClient("${location.origin}", AzureKeyCredential(os.environ["QUELL_KEY"]))`;
  const members = Object.keys(body);
  if (operation === "text:analyze" && members.every((each) => ["text", "blocklistNames"].includes(each))) {
    return `import os
from azure.ai.contentsafety import ContentSafetyClient
from azure.ai.contentsafety.models import AnalyzeTextOptions
from azure.core.credentials import AzureKeyCredential

${client}
answer = client.analyze_text(AnalyzeTextOptions(
    text=${JSON.stringify(body.text)},
    blocklist_names=${JSON.stringify(body.blocklistNames ?? [])},
))${decision.replace("MATCHES", "answer.blocklists_match")}`;
  }
  if (operation === "image:analyze" && members.length === 1) {
    return `import os
from azure.ai.contentsafety import ContentSafetyClient
from azure.ai.contentsafety.models import AnalyzeImageOptions, ImageData
from azure.core.credentials import AzureKeyCredential

${client}
with open(${JSON.stringify(file)}, "rb") as picture:
    answer = client.analyze_image(AnalyzeImageOptions(image=ImageData(content=picture.read())))${decision.replace("bool(MATCHES) or ", "")}`;
  }
  const { image, ...rest } = body;
  const read = file ? `
with open(${JSON.stringify(file)}, "rb") as picture:
    body["image"] = {"content": base64.b64encode(picture.read()).decode()}` : "";
  return `import ${file ? "base64, " : ""}json, os
from azure.ai.contentsafety import ContentSafetyClient
from azure.core.credentials import AzureKeyCredential
from azure.core.rest import HttpRequest

${client}
body = json.loads(${JSON.stringify(JSON.stringify(rest))})${read}
answer = client.send_request(HttpRequest(
    "POST", "/${operation}?api-version=${VERSION}", json=body))
answer.raise_for_status()
found = answer.json()

LIMITS = ${JSON.stringify(limits)}
rejected = bool(found.get("blocklistsMatch") or found.get("incidentMatches")) or any(
    one["severity"] >= LIMITS.get(one["category"], 8) for one in found["categoriesAnalysis"])
print("rejected" if rejected else "accepted")`;
}

function javascript({ operation, body, file, limits }) {
  const { image, ...rest } = body;
  const read = file ? `import { readFile } from "node:fs/promises";

` : "";
  const content = file ? `
body.image = { content: (await readFile(${JSON.stringify(file)})).toString("base64") };` : "";
  return `${read}const body = ${JSON.stringify(rest, null, 2)};${content}
const answer = await fetch("${url(operation)}", {
  method: "POST",
  headers: { "Ocp-Apim-Subscription-Key": process.env.QUELL_KEY, "Content-Type": "application/json" },
  body: JSON.stringify(body),
});
if (!answer.ok) throw new Error(await answer.text());
const found = await answer.json();

const limits = ${JSON.stringify(limits)};
const matched = (found.blocklistsMatch ?? []).length + (found.incidentMatches ?? []).length > 0;
const rejected = matched || found.categoriesAnalysis.some((one) => one.severity >= (limits[one.category] ?? 8));
console.log(rejected ? "rejected" : "accepted");`;
}

// `what` has the operation, the body, the limits by category, and the name of the picture's file, if any.
export function code(what) {
  const shown = h("pre", { tabindex: 0, "aria-label": "Code" });
  const kinds = [["curl", curl], ["Python", python], ["JavaScript", javascript]].map(([label, make]) => {
    const choice = button(label, () => {
      shown.textContent = make(what);
      for (const other of kinds) other.setAttribute("aria-pressed", String(other === choice));
    }, "small");
    return choice;
  });
  kinds[0].click();
  const copy = button("Copy", async () => { await navigator.clipboard.writeText(shown.textContent); say("Copied."); }, "small");
  return panel("View code", h("div", { class: "row apart" }, h("div", { class: "row" }, kinds), copy), shown);
}
