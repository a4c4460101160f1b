// Pictures: dropping, choosing, and showing them blurred until someone wants to see.
import { button, field, h, problem } from "./dom.js";

const MOST_BYTES = 4 * 1024 * 1024;
const TYPES = { iVBO: "image/png", "/9j/": "image/jpeg", R0lG: "image/gif", UklG: "image/webp", Qk: "image/bmp" };

export function dataUrl(content) {
  const type = Object.entries(TYPES).find(([start]) => content.startsWith(start))?.[1] ?? "image/tiff";
  return `data:${type};base64,${content}`;
}

export function thumb(content, label, large = false) {
  const control = h("button", { type: "button", class: large ? "thumb large" : "thumb", "aria-pressed": "false", "aria-label": `Show ${label}` },
    h("img", { src: content ? dataUrl(content) : null, alt: label }), h("span", {}, "Click to show"));
  control.addEventListener("click", () => control.setAttribute("aria-pressed", String(control.getAttribute("aria-pressed") !== "true")));
  return control;
}

// A thumbnail of a picture that was chosen here: drawn small once, so that many cost little.
export function small(one, label) {
  const control = thumb("", label);
  control.classList.add("tiny");
  control.querySelector("span").textContent = "Show";
  const image = control.querySelector("img");
  one.small ??= reduced(one.content);
  one.small.then((url) => { image.src = url; });
  return control;
}

async function reduced(content) {
  try {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(content), (char) => char.charCodeAt(0))]));
    const scale = Math.min(1, 160 / Math.max(bitmap.width, bitmap.height));
    const canvas = h("canvas", { width: Math.max(1, Math.round(bitmap.width * scale)), height: Math.max(1, Math.round(bitmap.height * scale)) });
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    return canvas.toDataURL("image/jpeg", 0.8);
  } catch {
    return dataUrl(content); // what the browser cannot read it shows as broken
  }
}

async function base64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(text);
}

// A place for pictures; with `single` a new one replaces the last.
export function pictures(label, hint, { single = false, changed = () => {} } = {}) {
  let chosen = [];
  const fault = h("div");
  const shown = h("ul", { class: "thumbs" });
  const input = h("input", { type: "file", accept: "image/*", multiple: !single });
  const zone = h("div", { class: "drop" }, field(label, input, `Drop ${single ? "an image" : "images"} here, or choose. ${hint}`));

  function render() {
    shown.replaceChildren(...chosen.map((each) => h("li", {}, single ? thumb(each.content, each.name, true) : small(each, each.name), button("Remove", () => { chosen = chosen.filter((other) => other !== each); render(); }, "small quiet"))));
    changed(chosen);
  }
  function add(name, content) {
    chosen = single ? [{ name, content }] : [...chosen, { name, content }].slice(0, 100);
    render();
  }
  async function take(files) {
    fault.replaceChildren();
    for (const file of files) {
      if (file.size > MOST_BYTES) fault.replaceChildren(problem(new Error(`${file.name} is larger than 4 MiB.`)));
      else add(file.name, await base64(file));
    }
    input.value = "";
  }
  input.addEventListener("change", () => take([...input.files]));
  for (const event of ["dragenter", "dragover"]) zone.addEventListener(event, (drag) => { drag.preventDefault(); zone.classList.add("over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (drag) => { drag.preventDefault(); zone.classList.remove("over"); take([...drag.dataTransfer.files]); });
  return { node: h("div", { class: "stack" }, zone, fault, shown), all: () => chosen, add };
}

// A mild picture made here, so that a page can be tried without one: 0 and 1 are alike, others are not.
export async function chart(kind, words = "") {
  const canvas = h("canvas", { width: 320, height: 240 });
  const pen = canvas.getContext("2d");
  pen.fillStyle = ["#f3e9d2", "#efe5ce", "#dcecf7", "#e4f3e2"][kind] ?? "#fff";
  pen.fillRect(0, 0, 320, 240);
  for (let at = 0; at < 24; at++) {
    pen.fillStyle = `hsl(${(at * 53 + (kind > 1 ? kind * 90 : 0)) % 360} 60% 45%)`;
    const x = (at * 97 + (kind > 1 ? kind * 41 : 0)) % 300;
    const y = (at * 61 + (kind > 1 ? kind * 67 : 0)) % 220;
    if (kind > 1) pen.fillRect(x, y, 14 + (at % 4) * 8, 10 + (at % 5) * 7);
    else { pen.beginPath(); pen.arc(x, y, 8 + (at % 5) * 5, 0, 7); pen.fill(); }
  }
  if (words) { pen.fillStyle = "#111"; pen.font = "bold 22px sans-serif"; pen.fillText(words, 16, 126); }
  return canvas.toDataURL("image/png").split(",")[1];
}
