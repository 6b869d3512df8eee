import { GanymedeError } from "../core/errors.ts";
import { constant } from "../engine/ir/leaves.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { reshape, slice } from "../engine/ops/index.ts";
import type { Value } from "../engine/run/provider.ts";
import type { Game, Turn } from "../gan/game.ts";
import type { Invertible } from "../metrics/inversion.ts";
import { Trace } from "../nn/trace.ts";
import type { Variables } from "../nn/variables.ts";
import { averageOf } from "../train/averages.ts";
import { type CodeLayout, codeLayout } from "../train/codes.ts";

/**
 * The sampler of a game, to be followed backwards: codes are those of `codeLayout`.
 *
 * @param label the class of all items, for a conditional generator
 * @throws GanymedeError GAME for noises of several distributions, or a conditional one without label
 */
export function invertible(
  from: {
    readonly game: Game;
    readonly variables: Variables;
    value(name: string): Value;
  },
  label?: number,
): Invertible {
  const { game, variables } = from;
  const layout = codeLayout(game.sampler);
  const distribution = requireOne(game, layout, label);
  const averaged = new Set(game.average?.of.map((m) => m.name));
  const trace = new Trace(variables, {
    training: false,
    substitute: (asked) => (averaged.has(asked.split(".")[0]!) ? averageOf(asked) : asked),
  });
  // Noise of the graph's own stands still, so that there is one item a code.
  trace.useKey(constant(0, [], "i32"));
  const call: Turn["call"] = (module, value) => module.net(value, trace.scope(module.name));
  return {
    latent: layout.size,
    distribution,
    value: (name) => from.value(name),
    make(codes: Tensor) {
      const n = codes.shape[0]!;
      const noise = layout.parts.map(({ name, from: first, size, shape }) => {
        const columns = slice(codes, { starts: [0, first], ends: [n, first + size] });
        return [name, reshape(columns, { shape: [n, ...shape] })] as const;
      });
      const classes = label === undefined ? {} : { label: constant(label, [n], "i32") };
      return game.sampler.make({ ...Object.fromEntries(noise), ...classes }, call);
    },
  };
}

/** The distribution of all noise. */
function requireOne({ sampler }: Game, { parts }: CodeLayout, label: number | undefined) {
  const distribution = parts[0]?.distribution;
  const mixed = parts.some((part) => part.distribution !== distribution);
  if (distribution && !mixed && !(sampler.classes && label === undefined)) return distribution;
  throw new GanymedeError("GAME", {
    where: "inversion",
    expected: "noise of one distribution, and a class for a conditional generator",
    got: parts.map((p) => `${p.distribution} ${p.name}`).join(" and ") || "no noise",
    fix: sampler.classes ? "name the class" : "invert its parts by hand with `invert`",
  });
}
