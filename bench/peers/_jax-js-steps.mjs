/**
 * jax-js twins of the steps in torch_step.py: pure functions of (parameters, moments, state, batch,
 * noise) under one `jit`, which is how the library is fastest.
 */
import { jax, nextKey, seedWith } from "./_jax-js.mjs";
import * as nets from "./_jax-js-nets.mjs";

const mean = (x) => jax.numpy.mean(x);

const bce = {
  discriminator: (real, fake) => mean(jax.nn.softplus(real.neg())).add(mean(jax.nn.softplus(fake))),
  generator: (fake) => mean(jax.nn.softplus(fake.neg())),
};
const hinge = {
  discriminator: (real, fake) =>
    mean(jax.nn.relu(real.neg().add(1))).add(mean(jax.nn.relu(fake.add(1)))),
  generator: (fake) => mean(fake).neg(),
};

const size = (params) => jax.tree.leaves(params).reduce((sum, leaf) => sum + leaf.size, 0);
const zerosLike = (params) => jax.tree.map((leaf) => jax.numpy.zeros(leaf.shape), params);
const adamState = (params) => ({ mean: zerosLike(params), square: zerosLike(params) });

/** `warmth` is [1 - beta1^t, 1 - beta2^t], an input so that one compilation serves every step. */
function adam(params, gradients, { mean, square }, warmth, { rate, beta1, beta2 }) {
  const { tree, numpy: np } = jax;
  const decay = (beta) => (old, now) => old.mul(beta).add(now.mul(1 - beta));
  const squares = tree.map((g) => np.square(g), tree.ref(gradients));
  const newMean = tree.map(decay(beta1), mean, gradients);
  const newSquare = tree.map(decay(beta2), square, squares);
  const [warmth1, warmth2] = np.split(warmth, 2);
  const update = (p, m, s) =>
    p.sub(
      m
        .div(warmth1.ref)
        .mul(rate)
        .div(np.sqrt(s.div(warmth2.ref)).add(1e-8)),
    );
  const moved = tree.map(update, params, tree.ref(newMean), tree.ref(newSquare));
  return [moved, { mean: newMean, square: newSquare }];
}

/** Calls a compiled step again and again, feeding its state back. */
function repeat(compiled, state, real, noise, { beta1, beta2 }) {
  let t = 0;
  return async () => {
    t += 1;
    const warmth = jax.numpy.array([1 - beta1 ** t, 1 - beta2 ** t]);
    const [loss, next] = compiled(state, real.ref, noise(), warmth);
    state = next;
    await jax.blockUntilReady(state);
    const [value] = await loss.data();
    return value;
  };
}

/** The discriminator's update, then the generator's on the same fakes. */
function alternating({ generator, discriminator, latent, losses, hyper }) {
  // Only a discriminator with a state takes and returns one.
  const judge = discriminator.state
    ? discriminator.apply
    : (p, x, state) => [discriminator.apply(p, x), state];
  const step = ({ g, d, gAdam, dAdam, norms }, real, { z }, warmth) => {
    const { tree, valueAndGrad, vjp } = jax;
    const [fake, pullBack] = vjp((p) => generator.apply(p, z.ref, true), [tree.ref(g)]);
    const dLoss = (p, real, fake, norms) => {
      const [onReal, after] = judge(p, real, norms);
      const [onFake, last] = judge(p, fake, after);
      return [losses.discriminator(onReal, onFake), last];
    };
    const dMove = valueAndGrad(dLoss, { hasAux: true });
    const [[, norms1], dGradients] = dMove(tree.ref(d), real, fake.ref, norms);
    const [newD, newDAdam] = adam(d, dGradients, dAdam, warmth.ref, hyper);

    const gLoss = (fake, p, norms) => {
      const [onFake, last] = judge(p, fake, norms);
      return [losses.generator(onFake), last];
    };
    const gMove = valueAndGrad(gLoss, { hasAux: true });
    const [[loss, norms2], slope] = gMove(fake, tree.ref(newD), norms1);
    const [gGradients] = pullBack(slope);
    const [newG, newGAdam] = adam(g, gGradients, gAdam, warmth, hyper);
    return [loss, { g: newG, d: newD, gAdam: newGAdam, dAdam: newDAdam, norms: norms2 }];
  };
  return (g, d, real) => {
    const norms = discriminator.state?.(d) ?? {};
    const state = { g, d, gAdam: adamState(g), dAdam: adamState(d), norms };
    const noise = () => ({ z: nets.normal([real.shape[0], latent]) });
    return repeat(jax.jit(step), state, real, noise, hyper);
  };
}

/** The critic's move alone. */
function critical({ generator, discriminator: critic, latent }) {
  const hyper = { rate: 1e-4, beta1: 0, beta2: 0.9 };
  const step = ({ g, d, dAdam }, real, { z, share }, warmth) => {
    const { numpy: np, grad, tree, valueAndGrad } = jax;
    const fake = generator.apply(g, z, true);
    const mixed = fake.ref.add(share.mul(real.ref.sub(fake.ref)));
    const loss = (p) => {
      const slope = grad((x) => np.sum(critic.apply(p, x)))(mixed);
      const lengths = np.sqrt(np.sum(np.square(slope), [1, 2, 3]));
      const penalty = mean(np.square(lengths.sub(1)));
      const difference = mean(critic.apply(p, fake)).sub(mean(critic.apply(p, real)));
      return difference.add(penalty.mul(10));
    };
    const [value, gradients] = valueAndGrad(loss)(tree.ref(d));
    const [newD, newDAdam] = adam(d, gradients, dAdam, warmth, hyper);
    return [value, { g, d: newD, dAdam: newDAdam }];
  };
  return (g, d, real) => {
    const batch = real.shape[0];
    const noise = () => ({
      z: nets.normal([batch, latent]),
      share: jax.random.uniform(nextKey(), [batch, 1, 1, 1]),
    });
    return repeat(jax.jit(step), { g, d, dAdam: adamState(d) }, real, noise, hyper);
  };
}

const images = (side) => (batch) => nets.within(1, [batch, 3, side, side]);
/** Points around the centres -4, -2, 0, 2, 4 in either direction. */
function grid25(batch) {
  const drawn = jax.random.uniform(nextKey(), [batch, 2], { minval: 0, maxval: 5 });
  return jax.numpy
    .floor(drawn)
    .mul(2)
    .sub(4)
    .add(nets.normal([batch, 2]).mul(0.05));
}

const parts = (generator, discriminator, latent, data) => ({
  generator,
  discriminator,
  latent,
  data,
});

function dcgan(side, width, options) {
  const discriminator = nets.dcganDiscriminator(side, width, options);
  return parts(nets.dcganGenerator(side, width), discriminator, nets.dcganLatent, images(side));
}

const fought = (system, losses, hyper) => ({
  ...system,
  prepare: alternating({ ...system, losses, hyper }),
});

const usual = { rate: 2e-4, beta1: 0.5, beta2: 0.999 };

const systems = {
  dcgan32: (width) => fought(dcgan(32, width), bce, usual),
  dcgan64: (width) => fought(dcgan(64, width), bce, usual),
  "wgan-gp": (width) => {
    const system = dcgan(32, width, { critic: true });
    return { ...system, prepare: critical(system) };
  },
  "sngan-resnet32": (width) => {
    const [g, d] = [nets.snganGenerator(width), nets.snganDiscriminator(width)];
    const system = parts(g, d, nets.snganLatent, images(32));
    return fought(system, hinge, { rate: 2e-4, beta1: 0, beta2: 0.9 });
  },
  "mlp-grid25": (width) => {
    const [g, d] = [nets.mlpGenerator(width), nets.mlpDiscriminator(width)];
    return fought(parts(g, d, nets.mlpLatent, grid25), bce, { ...usual, rate: 1e-3 });
  },
};

/** See `answering` of _answer.mjs. */
export function build(name, { batch, width, make, seed }) {
  seedWith(seed);
  const { generator, discriminator, latent, data, prepare } = systems[name](width);
  const [g, d] = [generator.parameters(), discriminator.parameters()];
  const parameters = { generator: size(g), discriminator: size(d) };
  if (!make) return { parameters, work: prepare(g, d, data(batch)) };
  const compiled = jax.jit((p, z) => generator.apply(p, z, false));
  const work = async () => {
    const [value] = await compiled(jax.tree.ref(g), nets.normal([batch, latent])).data();
    return value;
  };
  return { parameters, work };
}

export const names = Object.keys(systems);
