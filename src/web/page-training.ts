import { toFault } from "../app/faults.ts";
import { type CheckedModel, checkedModel } from "../app/generator-model.ts";
import { codeLayout } from "../train/codes.ts";
import { isPicture } from "../train/pixels.ts";
import type { SampleRequest } from "../train/sampler.ts";
import type { TickReadings } from "../train/trainer.ts";
import type { Samples, WebEnding, WebEvent } from "./events.ts";
import type { Probed, ProbeRequest } from "./probe.ts";
import type { Change } from "./protocol.ts";
import type { WebRequest } from "./request.ts";
import { adoptState, disposeStage, openStage, restoreStage, type Stage } from "./stage.ts";
import { encodeState } from "./state.ts";

/** Seed of the codes whose pictures show the progress, as in a run's folder. */
const pictureSeed = 1;

/** A call of the runtime that takes longer is not interrupted soon enough. */
const callSeconds = 0.25;
/** Calls of one step that are timed before several go into one; the first one compiles. */
const timedCalls = 3;
/** Progress is told of at most so often. */
const progressSeconds = 0.05;
/** From one state that is kept against the loss of a device to the next. */
const keepSeconds = 30;
/** Pictures take at most this share of the time. */
const pictureShare = 0.2;

const now = (): number => performance.now() / 1000;

/** Trains, as far as the thread that holds it lets it: `turn` by `turn`. */
export class PageTraining {
  private readonly tell: (event: WebEvent) => void;
  private readonly keepFor: (again: WebRequest) => void;
  private request: WebRequest;
  private stage: Stage;
  private mode: "running" | "paused" | "ended";
  /** Where `step` is to pause. */
  private pauseAt = Number.POSITIVE_INFINITY;
  private readonly atRest: (() => void)[] = [];
  private readonly began = now();
  private rows: TickReadings[] = [];
  /** Seconds that the steps of `rows` took. */
  private spent = 0;
  private toldAt = 0;
  private nextPicture = 0;
  private nextKeep = now() + keepSeconds;
  private calls = 0;

  /**
   * Opens what is asked for; `keepFor` is told now and then how to begin again where a device may be
   * lost. Throws what the system, the data and the device throw.
   */
  static async open(
    request: WebRequest,
    tell: (event: WebEvent) => void,
    keepFor: (again: WebRequest) => void,
  ): Promise<PageTraining> {
    const stage = await openStage(request, openingOf(tell));
    if (request.restore) restoreStage(stage, request.restore);
    return new PageTraining(request, stage, tell, keepFor);
  }

  private constructor(
    request: WebRequest,
    stage: Stage,
    tell: (event: WebEvent) => void,
    keepFor: (again: WebRequest) => void,
  ) {
    this.request = request;
    this.keepFor = keepFor;
    this.stage = stage;
    this.tell = tell;
    this.mode = request.paused ? "paused" : "running";
    const { note } = stage.device;
    if (note !== undefined) tell({ kind: "warning", text: note });
    this.announce();
    if (request.paused) tell({ kind: "paused", step: stage.trainer.step });
    else tell({ kind: "loading", what: "compiling the step" });
  }

  get isRunning(): boolean {
    return this.mode === "running";
  }

  /** One call of the runtime and what is due after it. Failing ends the training, not this object. */
  async turn(): Promise<void> {
    const { device, steps } = this.stage;
    const end = Math.min(steps, this.pauseAt);
    try {
      await Promise.race([this.takeTurn(end), ...(device.lost ? [device.lost] : [])]);
    } catch (error) {
      this.stand("ended");
      this.tell({ kind: "fault", ...toFault(error) });
    }
  }

  pause(): void {
    if (this.mode !== "running") return;
    this.stand("paused");
    this.tell({ kind: "paused", step: this.stage.trainer.step });
  }

  /** Does nothing once the training has ended. */
  resume(): void {
    this.run(Number.POSITIVE_INFINITY);
  }

  /** Resolves when the steps are done, or something else has brought training to rest. */
  step(count: number): Promise<undefined> {
    this.run(this.stage.trainer.step + count);
    if (this.mode === "ended") return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.atRest.push(() => resolve(undefined));
    });
  }

  stop(): void {
    if (this.mode !== "ended") this.end("stopped");
  }

  private run(until: number): void {
    if (this.mode === "ended") return;
    this.pauseAt = until;
    this.mode = "running";
  }

  private stand(mode: "paused" | "ended"): void {
    this.mode = mode;
    this.report();
    for (const tell of this.atRest.splice(0)) tell();
  }

  async sample(request: SampleRequest): Promise<Samples> {
    const { sampler, trainer, field } = this.stage;
    const items = await sampler.sample((name) => trainer.value(name), request);
    return { step: trainer.step, count: request.count, field, items };
  }

  probe(request: ProbeRequest): Promise<Probed> {
    return this.stage.probe.look(request);
  }

  /** First values come from the seed alone: nothing has to be opened again. */
  reset(): void {
    this.stage.trainer.restore({ step: 0, images: 0, values: new Map() });
    this.rows = [];
    this.stand("paused");
  }

  async snapshot(): Promise<Uint8Array<ArrayBuffer>> {
    const { trainer, system, options, seed } = this.stage;
    return encodeState(await trainer.snapshot(), { system, options, seed });
  }

  /** A training that had ended by its steps may have some left now, and is then paused. */
  restore(bytes: Uint8Array): void {
    restoreStage(this.stage, bytes);
    this.rows = [];
    if (this.mode === "ended" && this.stage.trainer.step < this.stage.steps) this.mode = "paused";
  }

  /** Goes on as another game; names the variables that begin anew. */
  async change({ system, options }: Change): Promise<readonly string[]> {
    const { source, device, trainer, steps, system: old } = this.stage;
    const isOther = system !== undefined && system !== old;
    const { preset: _, ...rest } = this.request;
    const kept = isOther ? {} : this.stage.options;
    const request = { ...rest, steps, system: system ?? old, options: { ...kept, ...options } };
    const next = await openStage(request, {}, { source, device });
    const anew = adoptState(next, await trainer.snapshot());
    await disposeStage(this.stage);
    this.stage = next;
    this.request = request;
    this.calls = 0;
    this.announce();
    return anew;
  }

  async exportOnnx(): Promise<CheckedModel> {
    const { game, field, device, trainer, sampler, system, options, seed, source } = this.stage;
    const { step, images, variables } = trainer;
    const data = { source: source.id, options: {}, about: source.about };
    return checkedModel({
      path: "this training",
      config: { system, options, seed, fields: source.fields, data },
      checkpoint: { step, images },
      game,
      field,
      provider: device.provider,
      sampler,
      variables,
      value: (name) => trainer.value(name),
      sample: async (request) => (await this.sample(request)).items,
    });
  }

  private async takeTurn(end: number): Promise<void> {
    const { trainer, device } = this.stage;
    if (trainer.step < end) await this.advance(end);
    if (trainer.step >= end) await this.rest();
    else if (now() >= this.nextPicture) await this.picture();
    if (device.lost && now() >= this.nextKeep) await this.keep();
  }

  /** A device may go away at any time: the page has a state to go on from. */
  private async keep(): Promise<void> {
    const { system, options, steps } = this.stage;
    const { preset: _, ...request } = { ...this.request, system, options, steps };
    this.keepFor({ ...request, restore: await this.snapshot() });
    this.nextKeep = now() + keepSeconds;
  }

  private async advance(end: number): Promise<void> {
    const { trainer, mostPerCall } = this.stage;
    const before = now();
    const rows = await trainer.advance(end);
    const took = now() - before;
    this.rows.push(...rows);
    this.spent += took;
    this.calls++;
    if (this.calls === timedCalls && this.request.chunk === undefined) {
      const fitting = Math.floor((callSeconds / took) * rows.length);
      trainer.chunk = Math.max(1, Math.min(mostPerCall, fitting));
    }
    if (now() - this.toldAt >= progressSeconds) this.report();
  }

  /** The last picture of a stretch is always of its last step. */
  private async rest(): Promise<void> {
    this.report();
    await this.picture();
    if (this.stage.trainer.step >= this.stage.steps) this.end("steps");
    else this.pause();
  }

  private end(why: WebEnding): void {
    this.stand("ended");
    this.tell({ kind: "end", step: this.stage.trainer.step, why });
  }

  private report(): void {
    if (this.rows.length === 0) return;
    const { step, images, readings } = this.stage.trainer;
    this.toldAt = now();
    this.tell({
      kind: "progress",
      step,
      images,
      seconds: this.toldAt - this.began,
      speed: this.rows.length / this.spent,
      rows: this.rows,
      about: Object.fromEntries(readings),
    });
    this.rows = [];
    this.spent = 0;
  }

  private async picture(): Promise<void> {
    const { everySeconds = 1, count = usualCount(this.stage) } = this.request.pictures ?? {};
    if (everySeconds === Number.POSITIVE_INFINITY) return;
    const before = now();
    this.tell({ kind: "samples", ...(await this.sample({ count, seed: pictureSeed })) });
    this.nextPicture = now() + Math.max(everySeconds, (now() - before) / pictureShare);
  }

  private announce(): void {
    const { game, field, source, device, trainer, options } = this.stage;
    const count = this.request.pictures?.count ?? usualCount(this.stage);
    this.tell({
      kind: "start",
      step: trainer.step,
      device: device.id,
      on: device.on,
      field,
      real: source.batch(0, count, pictureSeed)[game.field]!,
      classes: game.sampler.classes ?? [],
      codes: codeLayout(game.sampler),
      options,
    });
  }
}

const usualCount = ({ field }: Stage): number => (isPicture(field) ? 64 : 512);

const openingOf = (tell: (event: WebEvent) => void) => ({
  onProgress: (what: string, done: number, total: number | undefined) =>
    tell({ kind: "loading", what, ...(total !== undefined && { done, total }) }),
  onWarning: (text: string) => tell({ kind: "warning", text }),
});
