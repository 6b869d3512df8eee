/**
 * Where the page is: all that a view shows is in its address, so that a link leads there.
 *
 *   #/runs                     a view of the studio
 *   #/run/dcgan-001/explore    a view of a run
 *   …?seed=7&truncation=0.7    what the view shows
 */
export interface Place {
  readonly view: string;
  readonly run?: string;
  readonly query: Readonly<Record<string, string>>;
}

export function readPlace(hash: string): Place {
  const [path = "", search = ""] = hash.replace(/^#\/?/, "").split("?");
  const query = Object.fromEntries(new URLSearchParams(search));
  const [first = "", ...rest] = path.split("/").map(decodeURIComponent);
  if (first === "run" && rest[0]) return { view: rest[1] ?? "overview", run: rest[0], query };
  return { view: first || "runs", query };
}

export function writePlace({ view, run, query }: Place): string {
  const path = run === undefined ? view : `run/${encodeURIComponent(run)}/${view}`;
  const search = new URLSearchParams(query).toString();
  return `#/${path}${search && `?${search}`}`;
}

let current = $state.raw(readPlace(location.hash));
addEventListener("hashchange", () => {
  current = readPlace(location.hash);
});

export const place = {
  get current(): Place {
    return current;
  },
  /** Goes to another view, which the browser's way back leads out of. */
  go(next: Place): void {
    location.hash = writePlace(next);
  },
  /**
   * Keeps what the view shows in the address, without a step of the browser's way back. An undefined
   * value leaves the address.
   */
  show(values: Readonly<Record<string, string | number | undefined>>): void {
    const query: Record<string, string> = { ...current.query };
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) delete query[name];
      else query[name] = String(value);
    }
    current = { ...current, query };
    history.replaceState(null, "", writePlace(current));
  },
};
