// The vendor's JavaScript client against a Quell server: one call as its samples make it.
//   node analyze.mjs text '{"text": "…"}'      node analyze.mjs image '{"image": {"blobUrl": "…"}}'
// Prints {"status": …, "body": …}. The endpoint and the key come from the environment.
import ContentSafetyClient, { isUnexpected } from "@azure-rest/ai-content-safety";

const [kind, body] = process.argv.slice(2);
const options = { allowInsecureConnection: true }; // the client refuses http:// without it
const safety = ContentSafetyClient(process.env.QUELL_ENDPOINT, { key: process.env.QUELL_KEY }, options);
const answer = await safety.path(`/${kind}:analyze`).post({ body: JSON.parse(body) });
const unexpected = isUnexpected(answer);
console.log(JSON.stringify({ status: Number(answer.status), unexpected, body: answer.body }));
