// Builds elements. Text only ever becomes text: nothing here or in the pages parses HTML.

let ids = 0;

export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") for (const [event, act] of Object.entries(value)) element.addEventListener(event, act);
    else if (name === "value" || name === "checked" || name === "hidden" || name === "disabled") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function svg(tag, props = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(props)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function field(label, control, hint) {
  control.id ||= `field-${++ids}`;
  const note = hint ? h("p", { class: "hint", id: `${control.id}-hint` }, hint) : null;
  if (note) control.setAttribute("aria-describedby", note.id);
  return h("div", { class: "field" }, h("label", { for: control.id }, label), control, note);
}

export function button(label, act, kind = "") {
  return h("button", { type: "button", class: kind, on: { click: act } }, label);
}

export function panel(title, ...children) {
  const heading = h("h2", { id: `panel-${++ids}` }, title);
  return h("section", { class: "panel", "aria-labelledby": heading.id }, heading, ...children);
}

export function problem(error) {
  const target = error.target ? ` (${error.target})` : "";
  return h("p", { class: "problem", role: "alert" }, `${error.message}${target}`);
}

export function empty(title, sentence, ...actions) {
  return h("div", { class: "empty" }, h("strong", {}, title), h("p", {}, sentence), h("div", { class: "row" }, ...actions));
}

export function say(sentence) {
  document.getElementById("said").textContent = sentence;
}

// Runs what a button starts: the button waits, an error is shown where the page says.
export async function doing(control, place, act) {
  place.replaceChildren();
  control.disabled = true;
  control.setAttribute("aria-busy", "true");
  try {
    return await act();
  } catch (error) {
    place.replaceChildren(problem(error));
    return undefined;
  } finally {
    control.disabled = false;
    control.removeAttribute("aria-busy");
  }
}

export function download(name, content, type) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = h("a", { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export function lines(text) {
  return text.split(/\r\n|\r|\n/).map((line) => line.trim()).filter((line) => line);
}

export function when(stamp) {
  const date = new Date(stamp);
  return h("time", { datetime: stamp, title: date.toISOString() }, date.toLocaleString([], { dateStyle: "medium", timeStyle: "short" }));
}

export function plural(count, one, many = `${one}s`) {
  return `${count.toLocaleString()} ${count === 1 ? one : many}`;
}

export function percent(share) {
  return share === null || share === undefined ? "–" : `${(share * 100).toFixed(0)} %`;
}

// A question before what cannot be taken back; answers true or false.
export function ask(question, yes) {
  return new Promise((resolve) => {
    const dialog = h("dialog", { "aria-label": question }, h("form", { method: "dialog" },
      h("p", {}, question),
      h("div", { class: "row end" }, h("button", { value: "no", autofocus: true }, "Cancel"), h("button", { value: "yes", class: "danger" }, yes))));
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue === "yes");
      dialog.remove();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
