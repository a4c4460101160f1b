// Starts a page: the theme button, then the module that the shell names.
import { problem } from "./dom.js";

const button = document.getElementById("theme");
const order = ["system", "light", "dark"];

function show() {
  button.textContent = `Theme: ${document.documentElement.dataset.theme ?? "system"}`;
}

button.addEventListener("click", () => {
  const now = document.documentElement.dataset.theme ?? "system";
  const next = order[(order.indexOf(now) + 1) % order.length];
  if (next === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  // A cookie, so that the server writes it into the next page and nothing has to run before the first paint.
  document.cookie = `quell_theme=${next}; path=/studio; max-age=31536000; samesite=lax`;
  show();
});
show();

// Ctrl+Enter in a field does what the field's panel, or else the page, is for.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.matches("input, textarea, select")) return;
  const go = event.target.closest(".panel")?.querySelector("button.primary") ?? document.querySelector("main button.primary");
  if (!go || go.disabled) return;
  event.preventDefault();
  go.click();
});

// On a phone the pages are a row that scrolls: the present one is in view.
const here = document.querySelector("nav [aria-current]");
if (here) here.closest("nav").scrollLeft = here.offsetLeft - 60;

const main = document.getElementById("page");
if (main.dataset.module) {
  const content = document.createElement("div");
  content.className = "content";
  main.append(content);
  try {
    const page = await import(`./${main.dataset.module}.js`);
    await page.start(content, main.dataset.page);
  } catch (error) {
    content.append(problem(error));
  }
  main.dataset.ready = "true";
}
