// An image incident through the vendor's JavaScript client, which sends any path: define, add, ask, delete.
//   node incidents.mjs SAMPLE_BASE64_FILE QUESTION_BASE64_FILE
// Prints the answers in order, each {"status": …, "body": …}. The endpoint and the key come from the environment.
import { readFileSync } from "node:fs";
import ContentSafetyClient from "@azure-rest/ai-content-safety";

const [sample, question] = process.argv.slice(2).map((file) => readFileSync(file, "utf8"));
const options = { allowInsecureConnection: true, apiVersion: "2024-09-15-preview" };
const safety = ContentSafetyClient(process.env.QUELL_ENDPOINT, { key: process.env.QUELL_KEY }, options);
const root = "/image/incidents/{incidentName}";
const name = "javascript-badge";
const samples = { incidentSamples: [{ image: { content: sample } }] };
const asked = { image: { content: question }, incidentNames: [name] };
const answers = [
  await safety.path(root, name).patch({ body: { incidentDefinition: "a badge" }, contentType: "application/json" }),
  await safety.path(`${root}:addIncidentSamples`, name).post({ body: samples }),
  await safety.path("/image:detectIncidents").post({ body: asked }),
  await safety.path(root, name).delete(),
];
console.log(JSON.stringify(answers.map((one) => ({ status: Number(one.status), body: one.body }))));
