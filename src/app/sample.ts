import { GanymedeError, nearest } from "../core/errors.ts";
import type { Field } from "../data/source.ts";
import { type DeviceRequest, openProvider } from "../engine/run/devices.ts";
import type { Provider, Value } from "../engine/run/provider.ts";
import type { Game } from "../gan/game.ts";
import { Variables } from "../nn/variables.ts";
import type { CheckpointChoice, CheckpointInfo } from "../train/checkpoint.ts";
import { RunFolder } from "../train/run-folder.ts";
import { type SampleRequest, Sampler } from "../train/sampler.ts";
import { buildGame, loadSystem, type RunConfig } from "./config.ts";
import { requireMatch } from "./match.ts";
import { readRunConfig } from "./run-config.ts";

/** A trained run, ready to make items. Its data are not needed. */
export interface OpenRun {
  readonly path: string;
  readonly config: RunConfig;
  readonly checkpoint: CheckpointInfo;
  readonly game: Game;
  /** What the items are. */
  readonly field: Field;
  readonly provider: Provider;
  readonly sampler: Sampler;
  readonly variables: Variables;
  /** The value of a variable in the checkpoint. */
  value(name: string): Value;
  /** Items [count, …field.shape] as networks see them, row-major. */
  sample(request: SampleRequest): Promise<Float32Array>;
  /** The same, at most `sampler.batch` items at a time: memory does not grow with the count. */
  pieces(request: SampleRequest): AsyncGenerator<Float32Array, void>;
  dispose(): Promise<void>;
}

/** How a run is opened. */
export interface OpenOptions extends DeviceRequest {
  /** The newest checkpoint when absent. */
  readonly checkpoint?: CheckpointChoice;
}

/**
 * Opens a checkpoint of a run. Throws `NO_RUN`, `NO_CHECKPOINT`, `CHECKPOINT_CORRUPT`,
 * `CHECKPOINT_MISMATCH`, or `DEVICE` and `PROVIDER_WRONG` as `openProvider` does.
 */
export async function openRun(
  path: string,
  { checkpoint: choice, ...options }: OpenOptions = {},
): Promise<OpenRun> {
  const run = RunFolder.open(path);
  const config = readRunConfig(run);
  const game = buildGame(await loadSystem(config.system), config);
  const checkpoint = run.load(choice);
  requireMatch(path, config, game, checkpoint);
  const { info, snapshot } = checkpoint;
  const provider = await openProvider(options);
  const variables = new Variables();
  const sampler = new Sampler(game, variables, provider);
  const value = (name: string): Value => {
    const { shape } = variables.get(name)!;
    const data = snapshot.values.get(name)?.data ?? variables.initialValue(name, config.seed);
    return provider.value("f32", shape, data);
  };
  const field = config.fields[game.field]!;
  return withSampler({
    path,
    config,
    checkpoint: info,
    game,
    field,
    provider,
    sampler,
    variables,
    value,
  });
}

/** A run with the ways to use its sampler. */
export function withSampler(
  run: Omit<OpenRun, "sample" | "pieces" | "dispose">,
  sampler = run.sampler,
): OpenRun {
  return {
    ...run,
    sampler,
    sample: (request) => sampler.sample(run.value, request),
    pieces: (request) => sampler.pieces(run.value, request),
    dispose: () => sampler.dispose(),
  };
}

/**
 * The numbers of classes given by names or numbers with commas between them, or of `all`. Throws
 * `UNKNOWN_CLASS`, `UNCONDITIONAL`.
 */
export function classNumbers(run: OpenRun, names: string): number[] {
  const { classes = [] } = run.game.sampler;
  if (names !== "all" || classes.includes("all") || classes.length === 0) {
    // A name may have a comma in it.
    const list = classes.includes(names) ? [names] : names.split(",");
    return list.map((name) => classNumber(run, name.trim()));
  }
  return classes.map((_, i) => i);
}

/** The number of a class given by name or number. Throws `UNKNOWN_CLASS`, `UNCONDITIONAL`. */
export function classNumber({ path, config, game }: OpenRun, name: string): number {
  const { classes } = game.sampler;
  if (!classes) {
    throw new GanymedeError("UNCONDITIONAL", {
      where: path,
      expected: "a conditional generator, to make items of a class",
      got: `${config.system}, which takes no class`,
      fix: "leave the class out, or train a conditional system",
    });
  }
  const index = classes.includes(name) ? classes.indexOf(name) : Number(name);
  if (Number.isInteger(index) && index >= 0 && index < classes.length) return index;
  const close = nearest(name, classes);
  throw new GanymedeError("UNKNOWN_CLASS", {
    where: path,
    expected: `one of ${classes.join(", ")}, or a number below ${classes.length}`,
    got: name,
    fix: close === undefined ? "choose one of those" : `did you mean ${close}?`,
  });
}
