import type { Source } from "../data/source.ts";
import { inputName } from "../engine/ir/leaves.ts";
import { ancestors, type Tensor } from "../engine/ir/tensor.ts";
import { sizeOf } from "../engine/ir/type.ts";
import type { Program } from "../engine/program.ts";
import type { Game } from "../gan/game.ts";
import { Variables } from "../nn/variables.ts";
import type { MemoryForecast } from "../train/forecast.ts";
import { keyOf, nextSegment, type Segment } from "../train/plan.ts";
import { traceTicks } from "../train/step.ts";
import { Trainer } from "../train/trainer.ts";
import { buildGame, loadSystem, type RunConfig } from "./config.ts";
import { requireMemory } from "./memory.ts";
import { providerFor } from "./provider-for.ts";

/** What a training would be, without anything being written. */
export interface Preview {
  /** Each net and its trained numbers. */
  readonly nets: readonly { readonly name: string; readonly parameters: number }[];
  /** Each program that the run calls. */
  readonly graphs: readonly {
    /** Steps of one call. */
    readonly steps: number;
    /** Operators of its body, which a call of several rounds repeats. */
    readonly nodes: number;
  }[];
  readonly memory: {
    /** Weights, averages and all that optimisers keep. */
    readonly stateBytes: number;
    /** Results within a step that are alive at once, as the runtime packs them; on the CPU alone. */
    readonly workingBytes?: number;
    /** The most that the whole process will hold, told from the graph before any step. */
    readonly predictedBytes?: number;
    /** The whole process after the steps that were timed; measured. */
    readonly processBytes: number;
  };
  readonly time: {
    /** Mean of one real call, after one to warm up; measured. */
    readonly secondsPerStep: number;
    readonly stepsTimed: number;
    /** Of the whole run, without pictures and metrics. */
    readonly seconds: number;
  };
}

/** Counts, and times real steps. Throws what tracing, the data and the runtime throw. */
export async function previewTraining(config: RunConfig, source: Source): Promise<Preview> {
  const system = await loadSystem(config.system);
  const game = buildGame(system, config);
  const chunk = config.chunk ?? system.chunk;
  const variables = new Variables();
  const programs = segmentsOf(game, config.steps, chunk).map(({ round, repeat }) => ({
    steps: round.length * repeat,
    ...traceTicks(game, variables, config.fields, round, config),
  }));
  const bytes = variables.all().reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);
  const { forecast, ...timed } = await time(config, source, game, chunk);
  return {
    nets: netsOf(game, variables),
    graphs: programs.map(({ steps, program }) => ({ steps, nodes: nodesOf(program).length })),
    memory: {
      stateBytes: bytes,
      ...(forecast && {
        workingBytes: forecast.workingBytes,
        predictedBytes: forecast.processBytes,
      }),
      processBytes: process.memoryUsage().rss,
    },
    time: timed,
  };
}

/** Calls that are looked at for their kind: in a longer run all kinds have come by then. */
const lookedAt = 50_000;

/** Each kind of call that a run makes. */
function segmentsOf(game: Game, steps: number, chunk: number): Segment[] {
  const kinds = new Map<string, Segment>();
  for (let step = 0, calls = 0; step < steps && calls < lookedAt; calls++) {
    const segment = nextSegment(game, step, steps, chunk);
    kinds.set(`${segment.repeat} x ${keyOf(segment.round)}`, segment);
    step += segment.round.length * segment.repeat;
  }
  return [...kinds.values()];
}

function netsOf({ players }: Game, variables: Variables): Preview["nets"] {
  const names = new Set(players.flatMap(({ owns }) => owns.map((module) => module.name)));
  return [...names].map((name) => ({
    name,
    parameters: variables
      .of(name)
      .filter(({ role }) => role === "parameter")
      .reduce((sum, { shape }) => sum + sizeOf(shape), 0),
  }));
}

const nodesOf = ({ outputs }: Program): Tensor[] =>
  ancestors(Object.values(outputs)).filter((t) => inputName(t) === undefined);

async function time(
  config: RunConfig,
  source: Source,
  game: Game,
  chunk: number,
): Promise<Preview["time"] & { readonly forecast: MemoryForecast | undefined }> {
  const { steps, seed, precision = "f32" } = config;
  const provider = await providerFor(config);
  const trainer = new Trainer({ game, source, provider, seed, chunk, precision });
  try {
    const forecast = await requireMemory({ config, source, provider, trainer });
    await trainer.advance(steps);
    const from = trainer.step;
    const began = performance.now();
    await trainer.advance(Math.max(steps, from + chunk));
    const stepsTimed = trainer.step - from;
    const secondsPerStep = (performance.now() - began) / 1000 / stepsTimed;
    return { secondsPerStep, stepsTimed, seconds: secondsPerStep * steps, forecast };
  } finally {
    await trainer.dispose();
  }
}
