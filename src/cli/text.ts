/** Rows as aligned columns; the last one wraps below itself at `columns` characters. */
export function table(rows: readonly (readonly string[])[], columns: number, indent = 2): string {
  const widths = rows.reduce<number[]>((w, row) => {
    row.slice(0, -1).forEach((cell, i) => {
      w[i] = Math.max(w[i] ?? 0, cell.length);
    });
    return w;
  }, []);
  return rows
    .map((row) => {
      const head = row.slice(0, -1).map((cell, i) => cell.padEnd(widths[i]! + 2));
      const lead = " ".repeat(indent) + head.join("");
      const room = Math.max(24, columns - lead.length);
      return lead + wrap(row.at(-1)!, room).join(`\n${" ".repeat(lead.length)}`);
    })
    .map((line) => line.trimEnd())
    .join("\n");
}

/** Text in lines of at most `width` characters, cut between words. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [""];
  for (const word of text.split(" ")) {
    const last = lines.length - 1;
    const joined = lines[last] === "" ? word : `${lines[last]} ${word}`;
    if (joined.length <= width || lines[last] === "") lines[last] = joined;
    else lines.push(word);
  }
  return lines;
}

/** 1234567 → 1,234,567. */
export const grouped = (n: number): string => Math.round(n).toLocaleString("en-US");

/** 75 → 1:15, 3675 → 1:01:15. */
export function clock(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  const two = (n: number) => String(n).padStart(2, "0");
  const [h, m] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}

/** 1536 → 1.5 KiB. */
export function bytes(n: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  const power = n < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(n) / 10));
  const value = n / 1024 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${units[power]}`;
}
