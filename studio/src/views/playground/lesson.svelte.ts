import type { Advice, Healthy } from "../../../../src/core/healthy.ts";
import type { DeviceId, Probed, WebEvent, WebTraining } from "../../../../src/web/index.ts";
import { startTraining } from "../../../../src/web/start.ts";
import type { Line } from "../../lib/curves.ts";
import { codesOf, type Ground, gridOf, openGround, shown } from "./ground.ts";
import { History, type Quality, qualityOf, Watch } from "./measures.ts";

/** What is played, on what. */
export interface Choice {
  readonly data: string;
  /** Points that were drawn, as the address has them. */
  readonly drawn: string;
  readonly system: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly device: DeviceId | "auto";
}

/** All that is drawn, of one step. */
export interface Scene {
  readonly step: number;
  readonly ground: Ground;
  /** The discriminator's scores on the grid; absent where it says more than one number. */
  readonly scores: Float32Array | undefined;
  /** [n, 2] */
  readonly fakes: Float32Array;
  readonly mesh: Float32Array;
  /** A batch of fakes, and where the generator's loss would have them go. */
  readonly pulled: Float32Array;
  readonly pull: Float32Array;
  readonly quality: Quality;
}

/** Steps per call of the runtime, where a frame takes as many. */
const chunk = 10;
/** Curves are drawn at most so often, in ms. */
const curvesEvery = 120;

const frame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(resolve));
const pause = (ms: number): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * A training in a worker of this page, taken some steps at a time: after each stretch the players are
 * looked at, and the next begins when that has been drawn.
 */
export class Lesson {
  scene = $state.raw<Scene>();
  error = $state.raw<Error>();
  loading = $state<string>();
  running = $state(false);
  /** What a change began anew, or what the training warned of. */
  note = $state<string>();
  on = $state<string>();
  losses = $state.raw<readonly Line[]>([]);
  scores = $state.raw<readonly Line[]>([]);
  advice = $state.raw<readonly Advice[]>([]);
  /** Steps of a frame, and ms to wait between frames. */
  pace = { steps: 10, wait: 0 };
  private training: WebTraining | undefined;
  private ground: Ground | undefined;
  private asked: { items: Float32Array; codes: Float32Array } | undefined;
  private readonly healthy: Record<string, Healthy> = {};
  private rows = new History();
  private quality = new History();
  private watch = new Watch();
  private curvesAt = 0;
  /** Requests one after another. */
  private queue: Promise<unknown> = Promise.resolve();

  /** Opens data and worker anew; the training stands at step 0. */
  async open(choice: Choice): Promise<void> {
    this.close();
    this.loading = "data";
    try {
      const ground = await openGround(choice.data, choice.drawn);
      const { data } = ground;
      const { system, options, seed, device } = choice;
      this.ground = ground;
      const training = startTraining(
        // One thread: nets of points are too small to be shared out.
        {
          system,
          options,
          data,
          seed,
          device,
          paused: true,
          steps: Infinity,
          chunk,
          threads: 1,
          pictures: { everySeconds: Infinity },
        },
        (event) => training === this.training && this.hear(event),
      );
      this.training = training;
    } catch (error) {
      this.fail(error);
    }
  }

  close(): void {
    this.running = false;
    this.training?.close();
    this.training = undefined;
    this.scene = undefined;
    this.error = undefined;
    this.note = undefined;
    this.forget();
  }

  /** Takes steps and draws the last. */
  step(count: number): Promise<void> {
    this.running = false;
    return this.inTurn((training) => this.advance(training, count));
  }

  async play(): Promise<void> {
    this.running = true;
    const { training } = this;
    while (this.running && this.training === training) {
      const { steps, wait } = this.pace;
      // Stretches end at multiples of themselves: whole chunks are one call.
      const missing = steps - ((this.scene?.step ?? 0) % steps);
      await this.inTurn((t) => (this.running ? this.advance(t, missing) : Promise.resolve()));
      await (wait > 0 ? pause(wait) : frame());
    }
  }

  /** First values again, with the options as they are by now. */
  reset(): Promise<void> {
    this.running = false;
    this.forget();
    return this.inTurn(async (training) => {
      await training.reset();
      this.error = undefined;
      this.note = undefined;
      await this.look(training);
    });
  }

  /** Goes on with other options: both players keep what fits. */
  change(options: Readonly<Record<string, unknown>>): Promise<void> {
    return this.inTurn(async (training) => {
      const anew = await training.change({ options });
      this.note = noteOf(anew);
      this.error = undefined;
      this.watch = new Watch();
      this.advice = [];
      await this.look(training);
    });
  }

  private inTurn(work: (training: WebTraining) => Promise<void>): Promise<void> {
    const { training } = this;
    const done = this.queue.then(async () => {
      if (!training || training !== this.training) return;
      try {
        await work(training);
      } catch (error) {
        if (training === this.training) this.fail(error);
      }
    });
    this.queue = done;
    return done;
  }

  private async advance(training: WebTraining, count: number): Promise<void> {
    await training.step(count);
    await this.look(training);
  }

  private async look(training: WebTraining): Promise<void> {
    const { ground, asked } = this;
    if (!ground || !asked) return;
    const probed = await training.probe({ ...asked, pull: true });
    if (training !== this.training) return;
    const fakes = probed.made!.subarray(0, 2 * shown);
    const quality = qualityOf(ground, fakes);
    this.scene = sceneOf(probed, ground, quality);
    const { coverage, precision } = quality;
    this.quality.add(probed.step, { coverage, precision });
    const found = this.watch.look(probed.step, ground, fakes, this.healthy);
    if (found) this.advice = found.alarms;
    if (!this.running || performance.now() - this.curvesAt > curvesEvery) this.draw();
  }

  private draw(): void {
    this.curvesAt = performance.now();
    const names = this.rows.names.filter((name) => name.endsWith(".loss")).sort();
    const colours = ["series-3", "series-4", "series-1", "series-2"];
    this.losses = this.rows.lines(Object.fromEntries(names.map((n, i) => [n, colours[i]!])));
    this.scores = this.quality.lines({ coverage: "series-1", precision: "series-2" });
  }

  private hear(event: WebEvent): void {
    if (event.kind === "loading") this.loading = event.what;
    if (event.kind === "warning") this.note = event.text;
    if (event.kind === "fault") this.fail(faultOf(event));
    if (event.kind === "progress") {
      for (const { step, values } of event.rows) this.rows.add(step, values);
      this.watch.hear(event.rows);
      for (const [name, { healthy }] of Object.entries(event.about)) {
        if (healthy) this.healthy[name] = healthy;
      }
    }
    if (event.kind !== "start") return;
    this.on = event.device === "wasm" ? "WebAssembly" : `WebGPU (${event.on})`;
    this.asked = { items: gridOf(this.ground!.window), codes: codesOf(event.codes) };
    this.loading = undefined;
    if (!this.scene) void this.inTurn((training) => this.look(training));
  }

  private forget(): void {
    this.rows = new History();
    this.quality = new History();
    this.watch = new Watch();
    this.losses = [];
    this.scores = [];
    this.advice = [];
  }

  private fail(error: unknown): void {
    this.running = false;
    this.loading = undefined;
    this.error = error instanceof Error ? error : new Error(String(error));
  }
}

function sceneOf(probed: Probed, ground: Ground, quality: Quality): Scene {
  return {
    step: probed.step,
    ground,
    scores: probed.scores,
    fakes: probed.made!.slice(0, 2 * shown),
    mesh: probed.made!.slice(2 * shown),
    pulled: probed.fakes!,
    pull: probed.pull!,
    quality,
  };
}

const faultOf = ({ code, fault }: Extract<WebEvent, { kind: "fault" }>): Error =>
  new Error(
    `${code} in ${fault.where}: expected ${fault.expected}, got ${fault.got}. To do: ${fault.fix}.`,
  );

const noteOf = (anew: readonly string[]): string =>
  anew.length === 0
    ? "Both players go on with their weights and all that their optimisers keep."
    : `Begun anew: ${anew.slice(0, 4).join(", ")}${anew.length > 4 ? ` and ${anew.length - 4} more` : ""}. The rest goes on.`;
