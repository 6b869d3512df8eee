import { inputName } from "../engine/ir/leaves.ts";
import { ancestors, type Tensor } from "../engine/ir/tensor.ts";
import { isFloat, type Shape } from "../engine/ir/type.ts";
import { conv, convTranspose, matmul } from "../engine/ops/index.ts";
import type { Game } from "../gan/game.ts";
import { type Attended, attendedOf } from "../nn/attended.ts";
import type { Variables } from "../nn/variables.ts";
import { averageOf } from "./averages.ts";
import { traceItems, traceOfAverage } from "./sampler.ts";
import { callIn } from "./tick.ts";

/** The two nets of a game that one can look into. */
export type NetName = "generator" | "discriminator";

/** A layer whose result can be looked at. */
export interface NetLayer {
  /** Its path: `g.act1`, `trunk.down0.body.conv1`. */
  readonly name: string;
  readonly net: NetName;
  /** Channels, or numbers where a unit is one number. */
  readonly units: number;
  /** Of a unit's map: [height, width], [length], or [] for one number. */
  readonly map: Shape;
}

export interface TracedLayer extends NetLayer {
  /** Its result, [batch, units, …map]. */
  readonly tensor: Tensor;
  /** What it multiplies its input by, where that is one thing, and the axis along which units lie. */
  readonly weights?: { readonly tensor: Tensor; readonly unitAxis: number };
}

/** A layer that looks from place to place. */
export interface AttentionLayer extends Attended {
  readonly name: string;
  readonly net: NetName;
}

export interface TracedAttention extends AttentionLayer {
  /** [batch, ∏from, ∏to]; each row sums to 1. */
  readonly tensor: Tensor;
}

/** The nets of a game on one batch: codes → items → scores, and what lies between. */
export interface TracedNets {
  /** Noise by name, `label`, `key`. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly items: Tensor;
  /** Of each item, [batch]; absent where the discriminator says more, or is told more, than that. */
  readonly scores?: Tensor;
  readonly layers: readonly TracedLayer[];
  readonly attention: readonly TracedAttention[];
}

/**
 * Traces generator and discriminator in inference mode, the generator on its average, and finds their
 * layers: parts of the graph, by the path that layers are traced at and the variables that they read,
 * with one result that changes from item to item.
 */
export function traceNets(game: Game, variables: Variables, batch: number): TracedNets {
  const trace = traceOfAverage(game, variables);
  const { inputs, made } = traceItems(game, trace, batch);
  const scores = game.judge?.(made, callIn(trace));
  const { key: _, ...data } = inputs;
  const graph = new Graph(scores ? [made, scores] : [made], new Set(Object.values(data)));
  const generates = new Set(ancestors([made]));
  const net = (t: Tensor): NetName => (generates.has(t) ? "generator" : "discriminator");
  const attention = graph.nodes.flatMap((tensor) => {
    const attended = attendedOf(tensor);
    return attended ? [{ name: graph.pathOf(tensor), net: net(tensor), tensor, ...attended }] : [];
  });
  return {
    inputs,
    items: made,
    ...(scores && { scores }),
    layers: graph.layers(batch).map((layer) => ({ ...layer, net: net(layer.tensor) })),
    attention,
  };
}

const within = (path: string, outer: string): boolean =>
  path === outer || path.startsWith(`${outer}.`);

/** What of a trace changes from item to item, and which layer each node belongs to. */
class Graph {
  readonly nodes: readonly Tensor[];
  private readonly roots: ReadonlySet<Tensor>;
  private readonly moving: Set<Tensor>;
  private readonly paths = new Map<Tensor, string>();
  private readonly users = new Map<Tensor, Tensor[]>();

  constructor(roots: readonly Tensor[], data: ReadonlySet<Tensor>) {
    this.roots = new Set(roots);
    this.moving = new Set(data);
    for (const t of ancestors(roots)) {
      if (t.inputs.some((i) => this.moving.has(i))) this.moving.add(t);
      for (const i of t.inputs) this.users.set(i, [...(this.users.get(i) ?? []), t]);
    }
    this.nodes = [...this.moving].filter((t) => !data.has(t)).sort((a, b) => a.id - b.id);
    for (const t of this.nodes) this.paths.set(t, this.place(t));
  }

  pathOf(t: Tensor): string {
    return this.paths.get(t)!;
  }

  /** Where it was traced, or the deeper scope whose variables it reads: not every part has a place. */
  private place(t: Tensor): string {
    const still = t.inputs.filter((i) => !this.moving.has(i));
    const names = ancestors(still).flatMap((i) => inputName(i) ?? []);
    const scope = commonScope(names);
    return within(scope, t.place) || t.place === "" ? scope : t.place;
  }

  /** The result of each path that has one; of paths that share it, the deepest. */
  layers(batch: number): Omit<TracedLayer, "net">[] {
    const found = new Map<Tensor, string>();
    for (const path of this.allPaths()) {
      const result = this.resultOf(path);
      if (!result || !isFloat(result) || result.shape[0] !== batch) continue;
      if (result.shape.length < 2 || result.shape.length > 4) continue;
      const known = found.get(result);
      if (!known || within(path, known)) found.set(result, path);
    }
    return [...found]
      .sort(([a], [b]) => a.id - b.id)
      .map(([tensor, name]) => {
        const [, units = 0, ...map] = tensor.shape;
        return { name, units, map, tensor, ...this.weightsOf(name, units) };
      });
  }

  private allPaths(): Set<string> {
    const all = new Set<string>();
    for (const path of this.paths.values()) {
      const parts = path.split(".");
      for (let n = 1; path !== "" && n <= parts.length; n++) all.add(parts.slice(0, n).join("."));
    }
    return all;
  }

  /** The one node of a path that others read; undefined where there are several. */
  private resultOf(path: string): Tensor | undefined {
    const inside = (t: Tensor) => within(this.paths.get(t) ?? "", path);
    const read = (t: Tensor) =>
      this.roots.has(t) || (this.users.get(t) ?? []).some((user) => !inside(user));
    const results = this.nodes.filter((t) => inside(t) && read(t));
    return results.length === 1 ? results[0] : undefined;
  }

  /** What the only product of a path multiplies what comes in by. */
  private weightsOf(path: string, units: number): Pick<TracedLayer, "weights"> {
    const products = this.nodes.filter((t) => within(this.pathOf(t), path) && t.record.terms);
    const [only] = products;
    const tensor = only?.inputs[1];
    if (!only || products.length > 1 || !tensor || this.moving.has(tensor)) return {};
    const unitAxis = unitAxisOf(only);
    return tensor.shape[unitAxis] === units ? { weights: { tensor, unitAxis } } : {};
  }
}

/** The axis of a product's second operand along which lie the units of its result; −1 for none. */
function unitAxisOf({ record, attrs }: Tensor): number {
  const is = (op: { readonly record: unknown }) => (record as unknown) === op.record;
  if (is(conv)) return 0;
  if (is(convTranspose)) return 1;
  return is(matmul) ? Number(!attrs.transposeB) : -1;
}

/** The scope that all of some variables lie in, whether they are averages or not. */
function commonScope(names: readonly string[]): string {
  const average = averageOf("");
  const scopes = names.map((name) =>
    (name.startsWith(average) ? name.slice(average.length) : name).split(".").slice(0, -1),
  );
  const [first = []] = scopes;
  const shared = first.findIndex((part, i) => scopes.some((scope) => scope[i] !== part));
  return (shared < 0 ? first : first.slice(0, shared)).join(".");
}
