import { GanymedeError } from "../core/errors.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { add } from "../engine/ops/index.ts";
import { type Module, module } from "../nn/module.ts";
import type { Tensors } from "../nn/optimiser.ts";
import type { Adversarial } from "./adversarial.ts";
import type { Sides } from "./augmentation/augmentation.ts";
import type { Turn } from "./game.ts";
import type { Logits } from "./losses/loss.ts";

/** What both sides of a two-player game see. Each member is computed when it is first read. */
export interface Duel {
  readonly turn: Turn;
  /** Data [n,…] and as many generated items, as the discriminator is shown them. */
  readonly real: Tensor;
  readonly fake: Tensor;
  /** Codes of the generated items, and what the generator made of them, before any augmentation. */
  readonly codes: Tensor;
  readonly made: Tensor;
  readonly logits: Logits;
  /**
   * Classes i32[n], or numbers f32[n,d], of the data and of the fakes, which are made to match; `GAME`
   * without a condition.
   */
  readonly label: Tensor;
  /** What the discriminator's trunk makes of both; throws `GAME` when it has no trunk of its own. */
  readonly features: Logits;
  /** Parameters of either side by full name, as they are by now; the discriminator's with its trunk. */
  readonly parameters: { readonly generator: Tensors; readonly discriminator: Tensors };
  /**
   * The discriminator as it is now, or with the parameters that `instead` names, on as many items as a
   * batch has; of the batch's classes.
   */
  discriminate(items: Tensor, instead?: Tensors): Tensor;
  /** The generator as it is now, on any codes; of the batch's classes, or of others. */
  generate(codes: Tensor, label?: Tensor): Tensor;
}

type Side = "real" | "fake";

/** The modules that a score comes from, in the order in which an item passes through them. */
export function judgesOf({
  trunk,
  discriminator,
  condition,
}: Adversarial): Module<never, unknown>[] {
  const { items, fit, score } = condition?.by ?? {};
  const judge = score ?? discriminator;
  const all = [items, trunk, judge, fit] as (Module<never, unknown> | undefined)[];
  return all.filter((m) => m !== undefined);
}

/** What the generator makes of codes, by `call`. */
export const generateBy = (
  parts: Adversarial,
  call: Turn["call"],
  z: Tensor,
  label: () => Tensor,
): Tensor =>
  parts.condition ? call(parts.generator, { z, label: label() }) : call(parts.generator, z);

/** The view that both sides share in one tick. */
export function duelOf(parts: Adversarial, turn: Turn): Duel {
  const { latent, refine, condition } = parts;
  const generate = (codes: Tensor, label?: Tensor) =>
    generateBy(parts, turn.call, codes, () => label ?? duel.label);
  const duel: Duel = {
    turn,
    generate,
    ...judgementOf(parts, turn, () => duel),
    get label() {
      if (condition) return turn.batch[condition.label]!;
      throw missing("a condition", "a game without classes", "give `adversarial` a `condition`");
    },
    parameters: parametersBy(parts, turn, () => duel),
    get codes() {
      const drawn = turn.noise("z", latent);
      return refine ? turn.once("codes", () => refine(drawn, duel)) : drawn;
    },
    // The generator has not moved when its turn comes: its fakes are those that were just judged.
    get made() {
      return turn.once("fake", () => generate(duel.codes));
    },
    get real() {
      return shown(parts, duel).real;
    },
    get fake() {
      return shown(parts, duel).fake;
    },
  };
  return duel;
}

/** What the discriminator makes of both sides and of any items. */
function judgementOf(
  parts: Adversarial,
  turn: Turn,
  duel: () => Duel,
): Pick<Duel, "discriminate" | "features" | "logits"> {
  const { featuresOf, scoreOf } = discriminationOf(parts, turn);
  const { trunk, condition } = parts;
  const own = () => duel().label;
  const labelOf = (side: Side) => () =>
    side === "real" && condition?.dataLabel
      ? turn.once("data label", () => condition.dataLabel!(duel()))
      : own();
  const seen = (side: Side) => featuresOf(duel()[side], labelOf(side));
  const features = bothSides((side) => {
    if (trunk) return seen(side);
    throw noTrunk();
  });
  return {
    discriminate: (items, instead) => scoreOf(featuresOf(items, own, instead), own, instead),
    features,
    logits: bothSides((side) => scoreOf(trunk ? features[side] : seen(side), labelOf(side))),
  };
}

/** Both sides as the discriminator is shown them; a side that is not asked for is not made. */
function shown({ augment, field }: Adversarial, duel: Duel): Sides {
  const { turn } = duel;
  const sides: Sides = {
    get real() {
      return turn.batch[field]!;
    },
    get fake() {
      return duel.made;
    },
  };
  if (!augment) return sides;
  return turn.once("shown", () => turn.call(module("augment", augment.show), sides));
}

/** The two halves of a judgement: features of items, and their score. */
function discriminationOf(parts: Adversarial, { call }: Turn) {
  const { trunk, discriminator, condition } = parts;
  const { items: labelled, fit, score: own } = condition?.by ?? {};
  return {
    featuresOf(items: Tensor, label: () => Tensor, instead?: Tensors): Tensor {
      const seen = labelled ? call(labelled, { x: items, label: label() }, instead) : items;
      return trunk ? call(trunk, seen, instead) : seen;
    },
    scoreOf(features: Tensor, label: () => Tensor, instead?: Tensors): Tensor {
      const asked = () => ({ x: features, label: label() });
      const score = own ? call(own, asked(), instead) : call(discriminator, features, instead);
      return fit ? add(score, call(fit, asked(), instead)) : score;
    },
  };
}

/** A module has no parameters before it has been applied: each side is asked for its result first. */
const parametersBy = (parts: Adversarial, turn: Turn, duel: () => Duel): Duel["parameters"] => ({
  get generator() {
    return duel().made && parametersOf(turn, [parts.generator as Module<never, unknown>]);
  },
  get discriminator() {
    return duel().logits.real && parametersOf(turn, judgesOf(parts));
  },
});

const parametersOf = (turn: Turn, modules: readonly Module<never, unknown>[]): Tensors =>
  Object.assign({}, ...modules.map((m) => turn.parameters(m)));

/** A pair of which each side is made when it is first read. */
function bothSides(make: (side: Side) => Tensor): Logits {
  const made: { real?: Tensor; fake?: Tensor } = {};
  const side = (name: Side): Tensor => {
    made[name] ??= make(name);
    return made[name];
  };
  return {
    get real() {
      return side("real");
    },
    get fake() {
      return side("fake");
    },
  };
}

export const noTrunk = () =>
  missing(
    "a discriminator in two parts, `trunk` and `discriminator`",
    "no trunk",
    "give the layers whose output is looked at as `trunk`",
  );

const missing = (expected: string, got: string, fix: string) =>
  new GanymedeError("GAME", { where: "adversarial", expected, got, fix });
