import { GanymedeError, nearest } from "../core/errors.ts";
import { input } from "../engine/ir/leaves.ts";
import { replace } from "../engine/ir/replace.ts";
import { sizeOf } from "../engine/ir/type.ts";
import { add, mul } from "../engine/ops/index.ts";
import {
  type AttentionLayer,
  type NetLayer,
  type TracedAttention,
  type TracedLayer,
  type TracedNets,
  traceNets,
} from "../train/layers.ts";
import type { Codes } from "./codes.ts";
import { NetProbe } from "./net-probe.ts";
import type { OpenRun } from "./sample.ts";

/** What can be looked at inside a run's nets. */
export interface NetLayers {
  /** In the order in which they are computed. */
  readonly layers: readonly NetLayer[];
  readonly attention: readonly AttentionLayer[];
  /** Whether the discriminator's layers are among them: it must say one number of an item alone. */
  readonly scores: boolean;
}

/** A rectangle of a layer's map, in cells. */
export interface MapRegion {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** What is done to units: x → factor·x + offset. Off is factor 0; a value is factor 0 and an offset. */
export interface UnitChange {
  /** Their numbers; all units of the layer when absent. */
  readonly units?: readonly number[] | undefined;
  /** 1 when absent. */
  readonly factor?: number | undefined;
  /** 0 when absent. */
  readonly offset?: number | undefined;
  /** The whole map when absent; a mask has one weight in [0, 1] for each of its cells. */
  readonly where?: MapRegion | Float32Array | undefined;
}

/** A layer on some codes. */
export interface LayerSeen {
  /** What the run makes of them under the changes, [count, …item], as networks see it. */
  readonly items: Float32Array;
  /** What the units say, [count, units, …map], before the changes. */
  readonly maps: Float32Array;
  /** The discriminator's score of each item under the changes, for a layer of its own. */
  readonly scores?: Float32Array;
}

/** A layer of a run that is ready to be seen and changed. */
export interface OpenLayer {
  readonly run: OpenRun;
  readonly layer: NetLayer;
  /** Items of one call of the runtime. */
  readonly batch: number;
  /** Changes are made one after the other. Throws `OPTION` for units that the layer does not have. */
  see(codes: Codes, changes?: readonly UnitChange[]): Promise<LayerSeen>;
  dispose(): Promise<void>;
}

/** The layers of a run's nets, found in their graph: no net names them. */
export function netLayers(run: OpenRun): NetLayers {
  const { layers, attention, scores } = traceNets(run.game, run.variables, 1);
  return {
    layers: layers.map(({ name, net, units, map }) => ({ name, net, units, map })),
    attention: attention.map(({ name, net, from, to }) => ({ name, net, from, to })),
    scores: scores !== undefined,
  };
}

/**
 * Compiles a run's nets with one layer as an output and a factor and an offset for each of its values
 * as inputs: changes of units compile nothing. Costs one session, 50 ms to a second; a call costs what
 * `batch` samples cost, whatever is asked.
 *
 * @param batch 16 when absent
 * @throws GanymedeError UNKNOWN_LAYER
 */
export function openLayer(run: OpenRun, name: string, batch = 16): OpenLayer {
  const nets = traceNets(run.game, run.variables, batch);
  const { tensor, ...layer } = layerNamed(run, nets, name);
  const shape = [1, layer.units, ...layer.map];
  const changed = add(mul(tensor, input("unit factor", shape)), input("unit offset", shape));
  const judged = layer.net === "discriminator" && nets.scores;
  const roots = judged ? [nets.items, judged] : [nets.items];
  const [items, scores] = replace(roots, tensor, changed);
  const outputs = { items: items!, maps: tensor, ...(scores && { scores }) };
  const probe = new NetProbe(run, outputs, batch);
  const { units, map, net } = layer;
  return {
    run,
    batch,
    layer: { name: layer.name, net, units, map },
    see: async (codes, changes = []) => {
      const { factor, offset } = changeMaps(layer, changes);
      const { provider } = run;
      const feeds = {
        "unit factor": provider.value("f32", shape, factor),
        "unit offset": provider.value("f32", shape, offset),
      };
      const seen = await probe.ask(codes, feeds);
      return {
        items: seen.items!,
        maps: seen.maps!,
        ...(seen.scores && { scores: seen.scores }),
      };
    },
    dispose: () => probe.dispose(),
  };
}

/** The layer of a name, of those that are there. */
export const layerNamed = (run: OpenRun, { layers }: TracedNets, name: string): TracedLayer =>
  named(run, layers, name);

/** The layer that attends, of a name. */
export const attentionNamed = (
  run: OpenRun,
  { attention }: TracedNets,
  name: string,
): TracedAttention => named(run, attention, name);

function named<T extends { readonly name: string }>(
  { path }: OpenRun,
  known: readonly T[],
  name: string,
): T {
  const found = known.find((layer) => layer.name === name);
  if (found) return found;
  const names = known.map((layer) => layer.name);
  const close = nearest(name, names);
  throw new GanymedeError("UNKNOWN_LAYER", {
    where: path,
    expected: names.length > 0 ? `one of ${names.join(", ")}` : "a net with such a layer",
    got: name,
    fix: close === undefined ? "choose one of those" : `did you mean ${close}?`,
  });
}

/** All changes as one factor and one offset for each value of a layer, [units, …map]. */
function changeMaps(layer: NetLayer, changes: readonly UnitChange[]) {
  const cells = sizeOf(layer.map);
  const factors = new Float32Array(layer.units * cells).fill(1);
  const offsets = new Float32Array(layer.units * cells);
  for (const { units, factor = 1, offset = 0, where } of changes) {
    const mask = maskOf(layer, where);
    for (const unit of units ?? Array.from({ length: layer.units }, (_, u) => u)) {
      requireUnit(layer, unit);
      for (let cell = 0; cell < cells; cell++) {
        const at = unit * cells + cell;
        const own = 1 + mask[cell]! * (factor - 1);
        factors[at]! *= own;
        offsets[at] = offsets[at]! * own + mask[cell]! * offset;
      }
    }
  }
  return { factor: factors, offset: offsets };
}

function maskOf({ map }: NetLayer, where: UnitChange["where"]): Float32Array {
  const cells = sizeOf(map);
  if (where === undefined) return new Float32Array(cells).fill(1);
  if (where instanceof Float32Array) {
    if (where.length === cells) return where;
    throw badOption("mask", `${cells} weights, one for each cell of the map`, `${where.length}`);
  }
  const width = map.at(-1) ?? 1;
  const inside = (cell: number) => {
    const [y, x] = [Math.floor(cell / width) - where.top, (cell % width) - where.left];
    return y >= 0 && y < where.height && x >= 0 && x < where.width;
  };
  return Float32Array.from({ length: cells }, (_, cell) => (inside(cell) ? 1 : 0));
}

/** Throws `OPTION` for a unit that a layer does not have. */
export function requireUnit({ name, units }: NetLayer, unit: number): void {
  if (Number.isInteger(unit) && unit >= 0 && unit < units) return;
  throw badOption("unit", `a unit of ${name}, 0 to ${units - 1}`, String(unit));
}

const badOption = (where: string, expected: string, got: string) =>
  new GanymedeError("OPTION", { where, expected, got, fix: "choose one of those" });
