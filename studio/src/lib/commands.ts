/** A word of a command line, quoted where a shell would take it apart. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** `ganymede <words> --flag value …`; flags without a value of their own are true, absent ones undefined. */
export function command(
  words: readonly string[],
  flags: Readonly<Record<string, string | number | boolean | undefined>> = {},
): string {
  const said = Object.entries(flags).flatMap(([flag, value]) => {
    if (value === undefined || value === false) return [];
    return value === true ? [`--${flag}`] : [`--${flag}`, quoted(String(value))];
  });
  return ["ganymede", ...words.map(quoted), ...said].join(" ");
}
