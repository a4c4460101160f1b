// Reads CSV and JSON Lines, writes CSV that a spreadsheet does not take for formulas.

// RFC 4180: quotes, doubled quotes, line breaks inside quotes.
export function readCsv(text) {
  const rows = [];
  let row = [];
  let cell = "";
  let quoted = false;
  const source = text.replace(/^\uFEFF/, "");
  for (let at = 0; at < source.length; at++) {
    const char = source[at];
    if (quoted) {
      if (char !== '"') cell += char;
      else if (source[at + 1] === '"') { cell += '"'; at++; } else quoted = false;
    } else if (char === '"' && cell === "") quoted = true;
    else if (char === ",") { row.push(cell); cell = ""; } else if (char === "\n" || char === "\r") {
      if (char === "\r" && source[at + 1] === "\n") at++;
      row.push(cell);
      if (row.some((each) => each)) rows.push(row);
      row = [];
      cell = "";
    } else cell += char;
  }
  row.push(cell);
  if (row.some((each) => each)) rows.push(row);
  return rows;
}

// A leading sign of a formula is put behind an apostrophe, so that opening the file runs nothing.
export function csvCell(value) {
  const text = String(value ?? "");
  const safe = /^\s*[=+\-@\t\r\n|%]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function writeCsv(rows) {
  return rows.map((row) => row.map(csvCell).join(",")).join("\r\n") + "\r\n";
}

// Texts with optional labels: JSON Lines by name, CSV with a `text` column, else plain lines.
export function columns(text, file = "") {
  if (/\.(jsonl|ndjson)$/i.test(file)) {
    return text.split(/\r?\n/).filter((line) => line.trim()).map((line, number) => {
      let value;
      try { value = JSON.parse(line); } catch { throw new Error(`Line ${number + 1} of the file is not JSON.`); }
      if (typeof value === "string") return { text: value, label: "" };
      if (typeof value?.text !== "string") throw new Error(`Line ${number + 1} of the file has no "text".`);
      return { text: value.text, label: String(value.label ?? value.labelName ?? "") };
    });
  }
  if (!/\.csv$/i.test(file)) return text.split(/\r?\n/).filter((line) => line.trim()).map((line) => ({ text: line.trim(), label: "" }));
  const rows = readCsv(text);
  const heads = (rows[0] ?? []).map((cell) => cell.trim().toLowerCase());
  const at = heads.findIndex((cell) => ["text", "content", "message"].includes(cell));
  const label = heads.findIndex((cell) => ["label", "labelname", "expected"].includes(cell));
  return (at < 0 ? rows : rows.slice(1)).map((row) => ({ text: row[Math.max(at, 0)] ?? "", label: label < 0 ? "" : (row[label] ?? "").trim() }));
}
