import { GanymedeError } from "../core/errors.ts";
import type { Source } from "../data/source.ts";
import { nodeCpu } from "../engine/run/node-cpu.ts";
import type { Game } from "../gan/game.ts";
import { type LoopEvent, runLoop } from "../train/loop.ts";
import { picture, pictureSize, showsReal } from "../train/picture.ts";
import { RunFolder } from "../train/run-folder.ts";
import { type SampleRequest, Sampler } from "../train/sampler.ts";
import { Trainer } from "../train/trainer.ts";
import { buildGame, cadenceOf, loadSystem, openData, type RunConfig } from "./config.ts";
import { openProbe } from "./probe.ts";
import { Recovery } from "./recovery.ts";
import { requireMatch } from "./resume.ts";

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
  /** Whether a stop ended it before its last step. */
  readonly interrupted: boolean;
}

/** Seed of the latent codes whose pictures show the progress of a run. */
const pictureSeed = 1;

/** Trains in this thread, which it blocks most of the time: `startTraining` does not. */
export async function runTraining(
  request: TrainRequest,
  listen: (event: LoopEvent) => void,
  stopped: () => boolean,
): Promise<TrainOutcome> {
  const { config } = request;
  const system = await loadSystem(config.system);
  const game = buildGame(system, config);
  const source = await openData(config.data);
  const run = openFolder(request);
  const { seed, threads } = config;
  const provider = await nodeCpu(threads === undefined ? {} : { threads });
  const chunk = config.chunk ?? system.chunk;
  const recovery = new Recovery(run, config, { game, source, provider, seed, chunk });
  const trainer = new Trainer(recovery.trainerOptions);
  if (request.resume) takeUp(run, trainer, recovery, game, request.rateScale);
  const sampler = new Sampler(game, trainer.variables, provider);
  const probe = await openProbe({ game, source, provider }, config, run.path);
  const sample = (asked: SampleRequest) => sampler.sample((name) => trainer.value(name), asked);
  try {
    const interrupted = await runLoop({
      trainer,
      run,
      cadence: cadenceOf(config, game),
      picture: () => takePicture(game, source, sample),
      save: () => save(run, trainer, config),
      recover: (error) => recovery.recover(error, trainer, listen),
      ...(probe && { measure: () => probe.measure(trainer.step, sample) }),
      listen,
      stopped,
    });
    return { step: trainer.step, interrupted };
  } finally {
    await probe?.dispose();
    await sampler.dispose();
    await trainer.dispose();
  }
}

async function save(run: RunFolder, trainer: Trainer, { seed, system, options }: RunConfig) {
  const { images } = trainer;
  run.save(await trainer.snapshot(), { images, seed, system, options });
}

function openFolder({ config, runPath, resume }: TrainRequest): RunFolder {
  return resume ? RunFolder.open(runPath) : RunFolder.create(runPath, config);
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
