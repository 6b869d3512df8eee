import type { Source } from "../data/source.ts";
import { sizeOf } from "../engine/ir/type.ts";
import type { Provider } from "../engine/run/provider.ts";
import type { Game } from "../gan/game.ts";
import { Critic } from "../train/critic.ts";
import { Pull, type Pulled } from "../train/pull.ts";
import { Sampler } from "../train/sampler.ts";
import type { Trainer } from "../train/trainer.ts";

/** What is to be seen of the players as they are by now; what is absent is not computed. */
export interface ProbeRequest {
  /** Items [n, …item] as networks see them, n ≥ 1, that the discriminator is to score. */
  readonly items?: Float32Array;
  /** Codes [m, layout.size], m ≥ 1, that the generator is to make items of: see `codes` of `start`. */
  readonly codes?: Float32Array;
  /** Whether fakes are wanted, with where the generator's loss would have them go. */
  readonly pull?: boolean;
}

export interface Probed extends Partial<Pulled> {
  /** Ticks done. */
  readonly step: number;
  /** Of each item, [n]; absent where the discriminator says more than one number of an item. */
  readonly scores?: Float32Array;
  /** [m, …item] as networks see them, from the weights of the moment and not their average. */
  readonly made?: Float32Array;
}

interface Looked {
  readonly game: Game;
  readonly source: Source;
  readonly seed: number;
  readonly trainer: Trainer;
  readonly device: { readonly provider: Provider };
}

/** Looks at the players of a training. Each kind of look is compiled once for its number of items. */
export class Probe {
  private readonly at: Looked;
  private critic: { readonly count: number; readonly critic: Critic } | undefined;
  private sampler: Sampler | undefined;
  private pull: Pull | undefined;

  constructor(at: Looked) {
    this.at = at;
  }

  /** Time: a forward pass over items and codes, and a backward pass over a batch for the pull. */
  async look({ items, codes, pull }: ProbeRequest): Promise<Probed> {
    const { trainer } = this.at;
    const scores = items && (await this.scores(items));
    const made = codes && (await this.made(codes));
    const pulled = pull ? await this.pulled() : {};
    return { step: trainer.step, ...(scores && { scores }), ...(made && { made }), ...pulled };
  }

  async dispose(): Promise<void> {
    await this.critic?.critic.dispose();
    await this.sampler?.dispose();
    await this.pull?.dispose();
  }

  private async scores(items: Float32Array): Promise<Float32Array | undefined> {
    const { game, source, trainer, device } = this.at;
    if (!game.judge) return undefined;
    const { shape } = source.fields[game.field]!;
    const count = items.length / sizeOf(shape);
    if (this.critic?.count !== count) {
      await this.critic?.critic.dispose();
      const { variables } = trainer;
      const critic = new Critic(game.judge, [count, ...shape], variables, device.provider);
      this.critic = { count, critic };
    }
    return this.critic.critic.score((name) => trainer.value(name), items);
  }

  private async made(codes: Float32Array): Promise<Float32Array> {
    const { game, trainer, device } = this.at;
    const size = Object.values(game.sampler.noise).reduce((n, { shape }) => n + sizeOf(shape), 0);
    const count = codes.length / size;
    if (this.sampler?.batch !== count) {
      await this.sampler?.dispose();
      const { variables } = trainer;
      this.sampler = new Sampler(game, variables, device.provider, count, { live: true });
    }
    return this.sampler.sample((name) => trainer.value(name), { seed: 0, count, codes });
  }

  private pulled(): Promise<Pulled> {
    const { game, trainer, source, seed, device } = this.at;
    const { variables, step, images } = trainer;
    this.pull ??= new Pull({ game, variables, source, provider: device.provider });
    return this.pull.look((name) => trainer.value(name), { step, images, seed });
  }
}
