import { place } from "../../lib/place.svelte.ts";
import { flagOf, type Knob, typedValue } from "./knobs.ts";
import type { Choice } from "./lesson.svelte.ts";

/** What is played when the address does not say: small codes, all of which the mesh shows. */
const usual = { data: "ring8", system: "custom", "o.latent": "2" } as const;

/** Options in the address begin with this. */
const prefix = "o.";

/** What the address says, and how it is changed. */
export const chosen = {
  /** `usual` fills in only for an address that names no system. */
  get query(): Readonly<Record<string, string>> {
    const { query } = place.current;
    return query.system === undefined ? { ...usual, ...query } : query;
  },

  get data(): string {
    return this.query.data ?? usual.data;
  },

  /** Whether the points come from this page alone. */
  get isOwn(): boolean {
    return this.data === "drawn" || this.data.startsWith("shape-");
  },

  get system(): string {
    return this.query.system ?? usual.system;
  },

  /** Options by name, as they were typed. */
  get options(): Record<string, string> {
    const own = Object.entries(this.query).filter(([name]) => name.startsWith(prefix));
    return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
  },

  /** What is to be opened, with the options that the system has. */
  choice(knobs: readonly Knob[]): Choice {
    const { drawn = "", seed = "0", device = "auto" } = this.query;
    return {
      data: this.data,
      drawn,
      system: this.system,
      options: this.values(knobs),
      seed: Number.isSafeInteger(Number(seed)) && Number(seed) >= 0 ? Number(seed) : 0,
      device: device === "wasm" || device === "webgpu" ? device : "auto",
    };
  },

  values(knobs: readonly Knob[]): Record<string, unknown> {
    const { options } = this;
    const own = knobs.filter(({ name }) => options[name] !== undefined);
    return Object.fromEntries(
      own.map((knob) => [knob.name, typedValue(knob, options[knob.name]!)]),
    );
  },

  /** Sets an option; undefined for the system's own. */
  set(name: string, value: string | undefined): void {
    place.show({ ...this.query, [prefix + name]: value });
  },

  /** Another system has other options. */
  setSystem(system: string): void {
    const { query } = this;
    const gone = Object.keys(query).filter((name) => name.startsWith(prefix));
    place.show({ ...query, ...Object.fromEntries(gone.map((name) => [name, undefined])), system });
  },

  show(values: Readonly<Record<string, string | undefined>>): void {
    place.show({ ...this.query, ...values });
  },

  /** The same at a terminal. */
  command(steps: number): string {
    const { query, options, data, system } = this;
    const flags = Object.entries(options).map(([name, value]) => `${flagOf(name)} ${value}`);
    return [
      `ganymede train ${system} --data ${this.isOwn ? "points.csv" : data}`,
      ...flags,
      ...(query.seed !== undefined && query.seed !== "0" ? [`--seed ${query.seed}`] : []),
      `--steps ${Math.max(steps, 1)}`,
    ].join(" ");
  },
};
