import { z } from "zod";
import { GanymedeError } from "../core/errors.ts";
import { flat } from "../gan/flat/game.ts";
import { mlpCovectors } from "../gan/nets/covectors.ts";
import { mlpDiscriminator, mlpGenerator } from "../gan/nets/mlp.ts";
import { count, defineSystem, fieldOf, fraction, imitated, positive } from "../gan/system.ts";
import { comass } from "../gan/terms/comass.ts";
import { exteriorDerivative } from "../gan/terms/exterior-derivative.ts";
import { tanh } from "../nn/activations.ts";
import { adam } from "../nn/adam.ts";
import { average } from "../nn/average.ts";
import { module } from "../nn/module.ts";

/**
 * FlatGAN: data with tangents, a critic of differential forms, and a generator whose first coordinates
 * move items along those tangents.
 *
 * Source   Möllenhoff, Cremers 2019, arXiv:1905.04730
 * Shapes   z f32[n,1+latent] → image f32[n,c,s,s] in [−1,1] or point f32[n,d]; critic: item → a number
 *          f32[n] and order covectors f32[n,order,…item]; data: the item and tangents f32[order,…item]
 * Units    rates per step; width in units of each hidden layer; z₁ spans [−range, range] in the unit in
 *          which the tangents are derivatives
 * Throws   DATA_FIELD when the data have no tangents and order > 0; OPTION when they have too few
 * Differs  the forms' comass and the 0-form's slope are exact where the paper samples directions, and are
 *          bounded between data and fakes, not at data; dense nets for images; Adam at beta1 0
 */
export const flatgan = defineSystem({
  id: "flatgan",
  about: "data with tangents, and a generator whose first coordinates move along them",
  data: "circle",
  options: {
    batch: count(128, "items per step"),
    order: z.int().min(0).max(3).default(1).describe("tangents used; 0 is a plain critic"),
    latent: count(4, "normal coordinates of the code, beside the uniform ones"),
    range: positive(Math.PI, "each uniform coordinate spans [−range, range]"),
    width: count(64, "units of each hidden layer"),
    depth: count(3, "hidden layers of each net"),
    formWeight: positive(1, "weight of the order-form beside the plain critic"),
    penalty: positive(10, "weight of the bounds on the forms and their derivatives"),
    bound: positive(1, "bound on the forms' size"),
    rate: positive(1e-3, "Adam's learning rate of the generator"),
    criticRate: positive(1e-3, "Adam's learning rate of the critic"),
    beta1: fraction(0, "Adam's decay of the mean gradient"),
    beta2: fraction(0.9, "Adam's decay of the mean squared gradient"),
    criticMoves: count(2, "critic moves per generator move"),
    averageHalfLife: positive(20_000, "half-life of the weight average, in items"),
  },
  presets: {
    circle: {
      about: "a circle that z₁ goes round anticlockwise, in seconds",
      options: { latent: 8 },
      steps: 2000,
    },
    leaning: {
      about: "digits whose slant is z₁, in about a minute on two cores",
      options: { latent: 8, width: 128, batch: 32, range: 1, bound: 10, formWeight: 0.1 },
      steps: 6000,
      data: { source: "mnist-leaning", options: { side: 16 } },
    },
  },
  tiny: { batch: 4, latent: 2, width: 8, depth: 2 },
  chunk: 50,
  build(o, data) {
    const { isImage, field, item } = imitated(data);
    const { order } = o;
    if (order > 0) requireTangents(fieldOf(data, "tangents").shape[0]!, order);
    const hidden = new Array<number>(o.depth).fill(o.width);
    const generator = module("g", mlpGenerator({ item, hidden, ...(isImage && { output: tanh }) }));
    const betas = { beta1: o.beta1, beta2: o.beta2 };
    return flat({
      field,
      tangents: "tangents",
      batch: o.batch,
      order,
      coordinates: Math.max(order, 1),
      range: o.range,
      latent: o.latent,
      generator,
      scalar: module("scalar", mlpDiscriminator({ hidden })),
      ...(order > 0 && { form: module("form", mlpCovectors({ item, order, hidden })) }),
      formWeight: o.formWeight,
      terms: [
        comass({ weight: o.penalty, bound: o.bound }),
        exteriorDerivative({ weight: o.penalty }),
      ],
      optimise: {
        generator: adam({ rate: o.rate, ...betas }),
        critic: adam({ rate: o.criticRate, ...betas }),
      },
      criticMoves: o.criticMoves,
      average: { of: [generator], decay: average({ halfLife: o.averageHalfLife, batch: o.batch }) },
    });
  },
});

function requireTangents(got: number, order: number): void {
  if (got >= order) return;
  throw new GanymedeError("OPTION", {
    where: "option order of flatgan",
    expected: `at most ${got}, the tangents of the data`,
    got: String(order),
    fix: "lower it, or choose data with more tangents",
  });
}
