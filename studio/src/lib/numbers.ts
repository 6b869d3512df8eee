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
