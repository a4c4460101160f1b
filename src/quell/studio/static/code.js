// The call of a page as code to copy: curl, Python, JavaScript.
import { VERSION } from "./api.js";
import { button, h, panel, say } from "./dom.js";

const shell = (text) => `'${text.replaceAll("'", "'\\''")}'`;

function curl(operation, body) {
  return `curl -X POST '${location.origin}/contentsafety/${operation}?api-version=${VERSION}' \\
  -H "Ocp-Apim-Subscription-Key: $QUELL_KEY" -H 'Content-Type: application/json' \\
  -d ${shell(JSON.stringify(body))}`;
}

function python(operation, body) {
  const plain = Object.keys(body).every((each) => ["text", "blocklistNames"].includes(each));
  if (operation === "text:analyze" && plain) {
    return `import os
from azure.ai.contentsafety import ContentSafetyClient
from azure.ai.contentsafety.models import AnalyzeTextOptions
from azure.core.credentials import AzureKeyCredential

client = ContentSafetyClient("${location.origin}", AzureKeyCredential(os.environ["QUELL_KEY"]))
answer = client.analyze_text(AnalyzeTextOptions(
    text=${JSON.stringify(body.text)},
    blocklist_names=${JSON.stringify(body.blocklistNames ?? [])},
))
rejected = answer.blocklists_match or any(one.severity >= 4 for one in answer.categories_analysis)`;
  }
  return `import json, os
from azure.ai.contentsafety import ContentSafetyClient
from azure.core.credentials import AzureKeyCredential
from azure.core.rest import HttpRequest

client = ContentSafetyClient("${location.origin}", AzureKeyCredential(os.environ["QUELL_KEY"]))
body = json.loads(${JSON.stringify(JSON.stringify(body))})
answer = client.send_request(HttpRequest(
    "POST", "/contentsafety/${operation}?api-version=${VERSION}", json=body))
answer.raise_for_status()
print(answer.json())`;
}

function javascript(operation, body) {
  return `const answer = await fetch("${location.origin}/contentsafety/${operation}?api-version=${VERSION}", {
  method: "POST",
  headers: { "Ocp-Apim-Subscription-Key": process.env.QUELL_KEY, "Content-Type": "application/json" },
  body: JSON.stringify(${JSON.stringify(body, null, 2).replaceAll("\n", "\n  ")}),
});
const found = await answer.json();
const rejected = found.categoriesAnalysis.some((one) => one.severity >= 4);`;
}

export function code(operation, body) {
  const shown = h("pre", { tabindex: 0, "aria-label": "Code" });
  const kinds = [["curl", curl], ["Python", python], ["JavaScript", javascript]].map(([label, make]) => {
    const choice = button(label, () => {
      shown.textContent = make(operation, body);
      for (const other of kinds) other.setAttribute("aria-pressed", String(other === choice));
    }, "small");
    return choice;
  });
  kinds[0].click();
  const copy = button("Copy", async () => { await navigator.clipboard.writeText(shown.textContent); say("Copied."); }, "small");
  return panel("View code", h("div", { class: "row apart" }, h("div", { class: "row" }, kinds), copy), shown);
}
