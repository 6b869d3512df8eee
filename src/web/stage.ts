import { requireMatch, variablesOf } from "../app/match.ts";
import { buildGame, loadSystem, presetOf, systemOptions } from "../app/systems.ts";
import type { Field, Opening, Source } from "../data/source.ts";
import { sameShape } from "../engine/ir/type.ts";
import type { Game } from "../gan/game.ts";
import { Sampler } from "../train/sampler.ts";
import { type Snapshot, Trainer } from "../train/trainer.ts";
import { openWebData, type WebData } from "./data.ts";
import { type Device, openDevice } from "./device.ts";
import { Probe } from "./probe.ts";
import type { WebRequest } from "./request.ts";
import { decodeState } from "./state.ts";

/** All that a training is made of, ready to run. */
export interface Stage {
  readonly system: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly steps: number;
  /** Steps per call of the runtime at most. */
  readonly mostPerCall: number;
  readonly game: Game;
  /** What the generator makes. */
  readonly field: Field;
  readonly source: Source;
  readonly device: Device;
  readonly trainer: Trainer;
  readonly sampler: Sampler;
  readonly probe: Probe;
}

/** Steps of a training that names neither steps nor a preset. */
const usualSteps = 2000;

/** What a change keeps. */
export type Kept = Pick<Stage, "source" | "device">;

/** Opens data and device, unless they are there already, and puts a training together. */
export async function openStage(
  request: WebRequest,
  opening: Opening,
  kept?: Kept,
): Promise<Stage> {
  const system = await loadSystem(request.system);
  const preset = presetOf(system, request.preset);
  const options = systemOptions(system, { ...preset?.options, ...request.options });
  const { source: id, options: given } = preset?.data ?? { source: system.data };
  const own: WebData = { kind: "source", id, ...(given && { options: given }) };
  const source = kept?.source ?? (await openWebData(request.data ?? own, opening));
  const game = buildGame(system, { options, fields: source.fields });
  const field = source.fields[game.field]!;
  opening.onProgress?.("starting the runtime", 0, undefined);
  const device = kept?.device ?? (await openDevice(request, field));
  const { provider } = device;
  const seed = request.seed ?? 0;
  // One step a call at first: how long it takes says how many a call may have.
  const trainer = new Trainer({ game, source, provider, seed, chunk: request.chunk ?? 1 });
  return {
    system: system.id,
    options,
    seed,
    steps: request.steps ?? preset?.steps ?? usualSteps,
    mostPerCall: request.chunk ?? system.chunk,
    game,
    field,
    source,
    device,
    trainer,
    sampler: new Sampler(game, trainer.variables, provider),
    probe: new Probe({ game, source, seed, trainer, device }),
  };
}

/** Takes a saved state up. Throws `CHECKPOINT_CORRUPT` or `CHECKPOINT_MISMATCH`. */
export function restoreStage(stage: Stage, bytes: Uint8Array): void {
  const { about, snapshot } = decodeState(bytes);
  const { system, options, seed, steps, game, source, trainer } = stage;
  const config = { system, options, seed, steps, fields: source.fields };
  requireMatch("this training", config, game, {
    info: { ...about, step: snapshot.step },
    snapshot,
  });
  trainer.restore(snapshot);
}

/** Takes over each variable of the same name and shape; names those that begin anew. */
export function adoptState(stage: Stage, snapshot: Snapshot): string[] {
  const wanted = variablesOf(stage.game, stage.source.fields).all();
  const same = wanted.filter(({ name, shape }) => {
    const old = snapshot.values.get(name);
    return old !== undefined && sameShape(old.shape, shape);
  });
  const values = new Map(same.map(({ name }) => [name, snapshot.values.get(name)!]));
  stage.trainer.restore({ ...snapshot, values });
  return wanted.filter(({ name }) => !values.has(name)).map(({ name }) => name);
}

export async function disposeStage({ trainer, sampler, probe }: Stage): Promise<void> {
  await probe.dispose();
  await sampler.dispose();
  await trainer.dispose();
}
