/** A number of the address, within bounds; `usual` where there is none. */
export function numberOf(
  text: string | undefined,
  usual: number,
  {
    low = 0,
    high = Number.MAX_SAFE_INTEGER,
  }: { readonly low?: number; readonly high?: number } = {},
): number {
  const value = Number(text);
  if (text === undefined || text === "" || !Number.isFinite(value)) return usual;
  return Math.min(high, Math.max(low, value));
}

/** 5.4 MiB, 320 KiB. */
export function bytesText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  const power = Math.min(3, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}
