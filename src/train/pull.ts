import type { Source } from "../data/source.ts";
import { grad } from "../engine/autodiff/grad.ts";
import { inputName } from "../engine/ir/leaves.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { toOnnx } from "../engine/onnx/model.ts";
import { mul } from "../engine/ops/index.ts";
import { type Program, program } from "../engine/program.ts";
import type { Provider, Session, Value } from "../engine/run/provider.ts";
import type { Game, Player, Turn } from "../gan/game.ts";
import { Trace } from "../nn/trace.ts";
import type { Variables } from "../nn/variables.ts";
import { makeFeeds, type Start } from "./feeds.ts";
import { activityAt, period } from "./plan.ts";
import { traceSampler } from "./sampler.ts";
import { totalOf } from "./step.ts";
import { emptyInputs, makeTurn, type TickInputs } from "./tick.ts";

/** Fakes of one batch, and where the generator's loss would have each of them go. */
export interface Pulled {
  /** [batch, …item] in the trained range. */
  readonly fakes: Float32Array;
  /** The same shape: −batch · ∂loss/∂fake, loss being a mean over the batch. */
  readonly pull: Float32Array;
}

interface Traced {
  readonly program: Program;
  readonly inputs: TickInputs;
}

/**
 * The slope of the generator's whole loss, terms included, by its fakes, in training mode. The fakes
 * are those of one batch, the same codes and data at each look; schedules are those of the moment.
 * Nothing is updated. Cost of a look: a forward and a backward pass of the generator's turn.
 */
export class Pull {
  private readonly options: PullOptions;
  private readonly traced: Traced;
  private readonly session: Promise<Session>;

  constructor(options: PullOptions) {
    this.options = options;
    this.traced = trace(options);
    this.session = options.provider.create(toOnnx(this.traced.program, options.provider));
  }

  /** @param value gives the variables; `at` is where training is */
  async look(value: (name: string) => Value, at: Omit<Start, "batch">): Promise<Pulled> {
    const session = await this.session;
    const { program, inputs } = this.traced;
    const { game, source, provider } = this.options;
    const start = { ...at, batch: game.batch };
    const step = { program, ticks: [inputs] };
    const now = makeFeeds(step, source, provider, start, 1);
    const fixed = makeFeeds(step, source, provider, { ...start, step: 0, images: 0 }, 1);
    const scheduled = [...inputs.scalars.values()].map((s) => inputName(s.input)!);
    for (const name of scheduled) if (now[name]) fixed[name] = now[name];
    const names = program.inputs.map((t) => inputName(t)!);
    const feeds = Object.fromEntries(names.map((n) => [n, fixed[n] ?? value(n)]));
    const { fakes, pull } = await session.run(feeds);
    return {
      fakes: (await fakes!.data()) as Float32Array,
      pull: (await pull!.data()) as Float32Array,
    };
  }

  async dispose(): Promise<void> {
    await (await this.session).dispose();
  }
}

export interface PullOptions {
  readonly game: Game;
  readonly variables: Variables;
  readonly source: Source;
  readonly provider: Provider;
}

function trace({ game, variables, source }: PullOptions): Traced {
  const trace = new Trace(variables, { training: true });
  const inputs = emptyInputs("");
  trace.useKey(inputs.key);
  const parts = { trace, variables, size: game.batch, fields: source.fields, inputs, suffix: "" };
  const turn = makeTurn(parts);
  const maker = makerOf(game, variables);
  const made: Tensor[] = [];
  const call: Turn["call"] = (module, value, instead) => {
    const result = turn.call(module, value, instead);
    if (module.name === maker) made.push(result as Tensor);
    return result;
  };
  const player = game.players.find((p) => p.owns.some((m) => m.name === maker));
  const mover = player as unknown as Player<unknown>;
  // In the last tick of a period everybody acts.
  const activity = activityAt(game, period(game) - 1);
  const { total } = totalOf(mover, mover.view({ ...turn, call }), { trace, activity });
  // What a player calls first is what it is judged by; terms may call again.
  const fakes = made[0]!;
  const pull = mul(grad(total, [fakes])[0]!, -game.batch);
  return { program: program({ fakes, pull }), inputs };
}

/** The module that makes the items: the one that the sampler calls last. */
function makerOf(game: Game, variables: Variables): string {
  let last = "";
  const noted: Game["sampler"] = {
    ...game.sampler,
    make: (inputs, call) =>
      game.sampler.make(inputs, (module, value, instead) => {
        last = module.name;
        return call(module, value, instead);
      }),
  };
  traceSampler({ ...game, sampler: noted }, variables, 1, { live: true });
  return last;
}
