import { inputName } from "../engine/ir/leaves.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { toModel } from "../engine/onnx/model.ts";
import { encodeModel, type ModelProto } from "../engine/onnx/proto.ts";
import { program } from "../engine/program.ts";
import type { Session } from "../engine/run/provider.ts";
import type { Game } from "../gan/game.ts";
import { makeFeeds } from "./feeds.ts";
import { type Activity, type StepProgram, traceTicks } from "./step.ts";
import type { Trainer, TrainerOptions } from "./trainer.ts";

/** Euclidean norms over all parameters of a player. */
export interface Norms {
  /** Of the gradient of its loss. */
  readonly gradient: number;
  /** Of what one update adds to the parameters. */
  readonly update: number;
  /** Of the parameters themselves: an update is large or small compared with them. */
  readonly weights: number;
}

export type PlayerNorms = Readonly<Record<string, Norms>>;

/** Everybody moves, with the terms that apply at each move: those of now and then would mislead. */
function everybody({ players }: Game): Activity {
  const names = players.flatMap(({ name, terms = [] }) => [
    name,
    ...terms.filter(({ every = 1 }) => every === 1).map(({ id }) => `${name}/${id}`),
  ]);
  return new Set(names);
}

/**
 * Plays the tick that would come next, writes nothing back, and says how large each player's gradient
 * and update are. A graph of its own: that of the training stays as it is, to the bit and in its time.
 */
export class NormProbe {
  readonly model: ModelProto;
  private readonly step: StepProgram;
  private readonly trainer: Trainer;
  private readonly options: TrainerOptions;
  private session: Promise<Session> | undefined;

  /** @param trainer which has done a tick: its variables are known then */
  constructor(options: TrainerOptions, trainer: Trainer) {
    const { game, source, precision = "f32", provider } = options;
    const activity = everybody(game);
    const traced = traceTicks(game, trainer.variables, source.fields, [activity], {
      precision,
      norms: true,
    });
    const readings = traced.program.outputs.readings as Tensor;
    this.step = { ...traced, program: program({ readings }) };
    this.model = toModel(this.step.program, { target: provider.target });
    this.options = options;
    this.trainer = trainer;
  }

  /** Cost: one tick; the first time, a compilation too. */
  async take(): Promise<PlayerNorms> {
    const { trainer, step, options } = this;
    const { game, source, provider, seed } = options;
    this.session ??= provider.create(encodeModel(this.model));
    const session = await this.session;
    const start = { step: trainer.step, images: trainer.images, batch: game.batch, seed };
    const feeds = makeFeeds(step, source, provider, start, 1);
    for (const leaf of step.program.inputs) {
      const name = inputName(leaf)!;
      feeds[name] ??= trainer.value(name);
    }
    const { readings } = await session.run(feeds);
    const values = await readings!.data();
    const said = step.readings[0]!.map(({ name }, i) => [name, values[i]!] as const);
    readings!.dispose();
    return norms(game, new Map(said));
  }

  async dispose(): Promise<void> {
    await (await this.session)?.dispose();
  }
}

function norms({ players }: Game, said: ReadonlyMap<string, number>): PlayerNorms {
  const of = (name: string): Norms => ({
    gradient: said.get(`${name}.gradient norm`)!,
    update: said.get(`${name}.update norm`)!,
    weights: said.get(`${name}.weight norm`)!,
  });
  return Object.fromEntries(players.map(({ name }) => [name, of(name)]));
}
