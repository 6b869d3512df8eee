import type { Source } from "../src/data/source.ts";
import type { Provider } from "../src/engine/run/provider.ts";
import type { Game } from "../src/gan/game.ts";
import { Variables } from "../src/nn/variables.ts";
import { activityAt } from "../src/train/plan.ts";
import { Sampler } from "../src/train/sampler.ts";
import { traceTicks } from "../src/train/step.ts";
import { Trainer } from "../src/train/trainer.ts";
import type { Contender, Parameters, Request, Timing } from "./_contender.ts";
import { flopsOf } from "./_flops.ts";
import { type BenchStep, steps } from "./_steps.ts";

/**
 * Ganymede on a provider, in Node or in a page. Every call includes making noise and feeding data.
 *
 * @param chunk ticks in one call of the runtime; the step's own when absent
 */
export class Ganymede implements Contender {
  readonly name: string;
  readonly slow = false;
  private readonly provider: Promise<Provider>;
  private readonly chunk: number | undefined;
  private readonly trainers = new Map<string, Trainer>();
  private readonly samplers = new Map<string, Sampler>();

  constructor(name: string, provider: Promise<Provider>, chunk?: number) {
    this.name = name;
    this.provider = provider;
    this.chunk = chunk;
  }

  async time(request: Request): Promise<Timing> {
    return request.make ? this.timeMaking(request) : this.timeTraining(request);
  }

  info(): unknown {
    return { threads: 2 };
  }

  async end(): Promise<void> {
    for (const trainer of this.trainers.values()) await trainer.dispose();
    for (const sampler of this.samplers.values()) await sampler.dispose();
  }

  private async timeTraining(request: Request): Promise<Timing> {
    const step = steps[request.step]!;
    const chunk = this.chunk ?? step.chunk;
    const losses: number[] = [];
    const advance = async (trainer: Trainer) => {
      const from = trainer.step;
      const began = performance.now();
      const readings = await trainer.advance(from + chunk);
      const each = (performance.now() - began) / (trainer.step - from);
      losses.push(...readings.map(({ values }) => lossOf(step, values)));
      return each;
    };
    const key = JSON.stringify([request.step, request.size, request.seed]);
    let trainer = this.trainers.get(key);
    if (!trainer) {
      trainer = await this.trainer(request);
      this.trainers.set(key, trainer);
      await advance(trainer);
    }
    const ms: number[] = [];
    for (const end = trainer.step + request.count; trainer.step < end; ) {
      ms.push(await advance(trainer));
    }
    return { ms, losses, parameters: parametersOf(trainer) };
  }

  /** A trainer of its own, not kept: `dispose` it. */
  async trainer({ step, size, seed = 0 }: Omit<Request, "count">): Promise<Trainer> {
    const { source, chunk, game } = steps[step]!;
    const provider = await this.provider;
    return new Trainer({ game: game(size), source, provider, seed, chunk: this.chunk ?? chunk });
  }

  /** The generator alone, from drawing codes to items on the host. */
  private async timeMaking({ step, size, count }: Request): Promise<Timing> {
    const key = JSON.stringify([step, size.width]);
    let trainer = this.trainers.get(key);
    if (!trainer) {
      trainer = await this.trainer({ step, size: { ...size, batch: 2 } });
      // Variables come to be when a step is traced.
      await trainer.advance(1);
      this.trainers.set(key, trainer);
    }
    const known = JSON.stringify([step, size]);
    const { game } = steps[step]!;
    const sampler =
      this.samplers.get(known) ??
      new Sampler(game(size), trainer.variables, await this.provider, size.batch);
    this.samplers.set(known, sampler);
    const make = () =>
      sampler.sample((name) => trainer.value(name), { count: size.batch, seed: 0 });
    await make();
    const ms: number[] = [];
    for (let i = 0; i < count; i++) {
      const began = performance.now();
      await make();
      ms.push(performance.now() - began);
    }
    return { ms, parameters: parametersOf(trainer) };
  }
}

const lossOf = ({ losses }: BenchStep, values: Readonly<Record<string, number>>): number =>
  losses.reduce((sum, name) => sum + values[name]!, 0);

/** Whatever is not the generator's is the discriminator's. */
export function parametersOf({ variables }: Trainer): Parameters {
  const parameters = variables.all().filter((v) => v.role === "parameter");
  const count = (chosen: typeof parameters) =>
    chosen.reduce((sum, v) => sum + v.shape.reduce((a, b) => a * b, 1), 0);
  const generator = count(parameters.filter((v) => v.name.startsWith("g.")));
  return { generator, discriminator: count(parameters) - generator };
}

/** Floating-point operations of the first tick, from its graph; nothing is run. */
export function flopsOfTick(game: Game, { fields }: Source): number {
  const ticks = traceTicks(game, new Variables(), fields, [activityAt(game, 0)]);
  return flopsOf(ticks.program).total;
}
