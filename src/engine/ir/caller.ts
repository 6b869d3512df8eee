const roots = ["../", "../../nn/"].map((up) => new URL(up, import.meta.url).pathname);

/**
 * `file:line:column` of the innermost stack frame outside the engine and the layers: the line of the
 * user who traced a wrong shape. Undefined when there is none.
 */
export function callerOutside(): string | undefined {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 50;
  const frames = new Error().stack?.split("\n").slice(1) ?? [];
  Error.stackTraceLimit = stackTraceLimit;
  for (const frame of frames) {
    const place = /\(?((?:[a-z]+:\/\/|\/|[A-Za-z]:\\)[^()]+:\d+:\d+)\)?$/.exec(frame)?.[1];
    if (!place || place.includes("/node_modules/")) continue;
    const path = place.includes("://") ? new URL(place).pathname : place;
    const ours = roots.some((root) => path.startsWith(root));
    if (!ours || /\.test\.[jt]s:/.test(path)) return path;
  }
  return undefined;
}
