import { join } from "node:path";
import { GanymedeError } from "../core/errors.ts";
import type { Source } from "../data/source.ts";
import { chooseDevice } from "../engine/run/devices.ts";
import { lasting } from "../engine/run/lasting.ts";
import { runtimeVersion } from "../engine/run/native-providers.ts";
import type { Provider } from "../engine/run/provider.ts";
import type { Game } from "../gan/game.ts";
import { BestKeeper } from "../train/best.ts";
import { type Ending, type LoopEvent, runLoop } from "../train/loop.ts";
import { picture, pictureSize, showsReal } from "../train/picture.ts";
import { RunFolder } from "../train/run-folder.ts";
import { RunLock } from "../train/run-lock.ts";
import { type SampleRequest, Sampler } from "../train/sampler.ts";
import { TensorBoardLog } from "../train/tensorboard.ts";
import { Trainer } from "../train/trainer.ts";
import { openCheckup } from "./checkup.ts";
import { buildGame, cadenceOf, loadSystem, openData, type RunConfig } from "./config.ts";
import { loadMetric } from "./instruments.ts";
import { requireMatch } from "./match.ts";
import { requireMemory } from "./memory.ts";
import { openProbe } from "./probe.ts";
import { providerFor } from "./provider-for.ts";
import { Recovery } from "./recovery.ts";
import { clearEnding, recordEnding, recordFailure } from "./run-ending.ts";
import { version } from "./version.ts";

/** Plain data: it is sent to the training thread. */
export interface TrainRequest {
  readonly config: RunConfig;
  /** The run's folder. */
  readonly runPath: string;
  /** Go on from the last checkpoint there, instead of making a new run. */
  readonly resume: boolean;
  /**
   * With `resume`: learning rates are so many times what they were from here on, and the state that a
   * run saved when it met a number that is not finite is passed over for the checkpoint before.
   */
  readonly rateScale?: number;
}

export interface TrainOutcome {
  /** Ticks done in all. */
  readonly step: number;
  readonly why: Ending;
}

/** With other versions the last bits may differ. */
const madeBy = `ganymede ${version}, onnxruntime ${runtimeVersion()}, node ${process.version}, ${process.platform} ${process.arch}`;

/** Seed of the latent codes whose pictures show the progress of a run. */
const pictureSeed = 1;

/** Hears of the progress. */
export type Listen = (event: LoopEvent) => void;

/**
 * Trains in this thread, which it blocks most of the time: `startTraining` does not. Throws `RUN_BUSY`
 * while another training has the run, `DEVICE` where the device does not start, and whatever ends it
 * early. `open` opens the device, again when it is lost.
 */
export async function runTraining(
  asked: TrainRequest,
  listen: Listen,
  stopped: () => boolean,
  open: (config: RunConfig) => Promise<Provider> = providerFor,
): Promise<TrainOutcome> {
  const request = await withDevice(asked, listen);
  const { runPath } = request;
  // The lock makes the folder: a run that is not there must not come to be by it.
  if (request.resume) RunFolder.open(runPath);
  const lock = RunLock.take(runPath);
  try {
    const run = openFolder(request);
    const board = request.config.tensorboard
      ? new TensorBoardLog(join(runPath, "tensorboard"))
      : undefined;
    const alive: Listen = (event) => {
      lock.touch();
      board?.hear(event);
      listen(event);
    };
    clearEnding(runPath);
    const part = { request, run, listen: alive, stopped, open };
    const outcome = await train(part).catch((error: unknown) => {
      recordFailure(runPath, error);
      throw error;
    });
    recordEnding(runPath, outcome);
    return outcome;
  } finally {
    lock.release();
  }
}

/** In place of `auto`, the device that was found: the run's folder keeps it, and resumes on it. */
async function withDevice(request: TrainRequest, listen: Listen): Promise<TrainRequest> {
  if (request.config.device !== "auto") return request;
  const { device, why } = await chooseDevice();
  listen({ kind: "note", step: 0, text: `Training on ${device}: ${why}.` });
  return { ...request, config: { ...request.config, device } };
}

interface TrainParts {
  readonly request: TrainRequest;
  readonly run: RunFolder;
  readonly listen: Listen;
  readonly stopped: () => boolean;
  readonly open: (config: RunConfig) => Promise<Provider>;
}

async function train({ request, run, listen, stopped, open }: TrainParts): Promise<TrainOutcome> {
  const { config } = request;
  const system = await loadSystem(config.system);
  const game = buildGame(system, config);
  const source = await openData(config.data);
  const provider = await lasting(() => open(config));
  const { seed, precision = "f32", chunk = system.chunk } = config;
  tellEmulation(provider, config, listen);
  const options = { game, source, provider, seed, chunk, precision };
  const recovery = new Recovery(run, config, options, provider);
  const trainer = new Trainer(recovery.trainerOptions);
  if (request.resume) takeUp(run, trainer, recovery, game, request.rateScale);
  const memory = await requireMemory({ config, source, provider, trainer });
  if (memory) listen({ kind: "memory", step: trainer.step, ...memory });
  const sampler = new Sampler(game, trainer.variables, provider);
  const probe = await openProbe({ game, source, provider }, config, run.path);
  const checkup = openCheckup(options, config, trainer, run);
  const sample = (asked: SampleRequest) => sampler.sample((name) => trainer.value(name), asked);
  try {
    const best = await openBest(run, config, trainer.step);
    const why = await runLoop({
      trainer,
      run,
      cadence: cadenceOf(config, game),
      picture: () => takePicture(game, source, sample),
      save: () => save(run, trainer, config),
      ...(checkup && { examine: (heard) => checkup.examine(heard, sample) }),
      recover: (error) => recovery.recover(error, trainer, listen),
      ...(probe && { measure: () => probe.measure(trainer.step, sample) }),
      ...(best && { best }),
      listen,
      stopped,
    });
    return { step: trainer.step, why };
  } finally {
    for (const part of [probe, checkup, sampler, trainer]) await part?.dispose();
  }
}

function tellEmulation({ target }: Provider, { precision }: RunConfig, listen: Listen): void {
  if (precision !== "f16" || target.half) return;
  const text =
    "The processor has no float16 arithmetic: it is emulated, slower than --precision f32.";
  listen({ kind: "note", step: 0, text });
}

async function save(run: RunFolder, trainer: Trainer, config: RunConfig) {
  const { seed, system, options, checkpoints: { last, keepEverySteps } = {} } = config;
  const keep = {
    ...(last !== undefined && { last }),
    ...(keepEverySteps !== undefined && { everySteps: keepEverySteps }),
  };
  run.save(await trainer.snapshot(), { seed, system, options }, keep);
}

/** What notes the scores, where a metric chooses the checkpoint to keep. */
async function openBest(
  run: RunFolder,
  { best }: RunConfig,
  step: number,
): Promise<BestKeeper | undefined> {
  if (!best) return undefined;
  const { better } = await loadMetric(best.metric);
  return new BestKeeper(run.checkpoints, { ...best, better }, step);
}

function openFolder({ config, runPath, resume }: TrainRequest): RunFolder {
  return resume ? RunFolder.open(runPath) : RunFolder.create(runPath, { ...config, madeBy });
}

/** Restores the last checkpoint. A run that was killed before its first one begins again. */
function takeUp(
  run: RunFolder,
  trainer: Trainer,
  recovery: Recovery,
  game: Game,
  rateScale: number | undefined,
): void {
  const { config } = recovery;
  try {
    const checkpoint = run.load();
    requireMatch(run.path, config, game, checkpoint);
    if (rateScale !== undefined && checkpoint.info.lastGood) {
      recovery.restore(trainer, run.checkpointSteps().at(-2) ?? 0);
    } else trainer.restore(checkpoint.snapshot);
  } catch (error) {
    if (!(error instanceof GanymedeError) || error.code !== "NO_CHECKPOINT") throw error;
  }
  run.rewind(trainer.step);
  // Its steps may have grown.
  if (rateScale === undefined) run.writeConfig(config);
  else recovery.cut({ from: trainer.step, factor: rateScale });
}

async function takePicture(
  game: Game,
  source: Source,
  sample: (asked: SampleRequest) => Promise<Float32Array>,
): Promise<Uint8Array> {
  const field = source.fields[game.field]!;
  const count = pictureSize(field);
  const items = await sample({ count, seed: pictureSeed });
  const real = showsReal(field) ? source.batch(0, count, pictureSeed)[game.field] : undefined;
  return picture(items, field, real);
}
