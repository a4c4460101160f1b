// The calls of the pages: the public routes, below a prefix that knows the session.

const PREFIX = "/studio/api";
export const VERSION = "2024-09-15-preview";
const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";

export class CallFailed extends Error {
  constructor(status, code, message, target) {
    super(message);
    this.status = status;
    this.code = code;
    this.target = target;
  }
}

export async function send(method, path, body, type = "application/json", signal = undefined) {
  const url = new URL(PREFIX + path, location.origin);
  if (path.startsWith("/contentsafety") && !url.searchParams.has("api-version")) url.searchParams.set("api-version", VERSION);
  const headers = { "X-Quell-CSRF": token };
  if (body !== undefined) headers["Content-Type"] = type;
  const content = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  let answer;
  try {
    answer = await fetch(url, { method, headers, body: content, credentials: "same-origin", signal });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new CallFailed(0, "Unreachable", "The server does not answer. Is it running?");
  }
  if (answer.ok) return answer;
  const found = await answer.json().catch(() => ({}));
  if (answer.status === 401) {
    location.assign(`/studio/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
  }
  throw new CallFailed(answer.status, found.error?.code, found.error?.message ?? `The server answered ${answer.status}.`, found.error?.target);
}

export async function call(method, path, body, type) {
  const answer = await send(method, path, body, type);
  return answer.status === 204 ? null : answer.json();
}

// All items of a list, over its pages, up to a bound.
export async function list(path, most = 2000) {
  const found = [];
  let next = path;
  while (next && found.length < most) {
    const page = await call("GET", next);
    found.push(...page.value);
    // Of the link the query alone: its path begins with whatever the server is published under.
    next = page.nextLink ? path.split("?")[0] + new URL(page.nextLink).search : null;
  }
  return found;
}

// The items of a list that a key may not be allowed to read: then none, and `refused`.
export async function readable(path, most) {
  try {
    return await list(path, most);
  } catch (error) {
    if (error.status === 403) return Object.assign([], { refused: true });
    throw error;
  }
}

export const name = (text) => encodeURIComponent(text);
