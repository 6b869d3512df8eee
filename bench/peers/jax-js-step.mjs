/**
 * jax-js twins of the steps in torch_step.py, on its WebAssembly backend.
 *
 *   node jax-js-step.mjs [--batch 1]
 *
 * Each step is one function under `jit`, which is how the library is fastest. It has WebGPU kernels
 * too, but Node has no WebGPU of its own, and its worker threads want the browser's `Worker`: in
 * Node it runs on one thread. Batch norm keeps no running statistics, in the library's favour.
 *
 * An array is consumed by its use; `.ref` keeps it for another.
 */
import { load, option, serve, version } from "./_protocol.mjs";

const { defaultDevice, init, jit, grad, valueAndGrad, vjp, tree, random, ...jax } =
  load("@jax-js/jax");
const { lax, nn, numpy: np } = jax;
await init("wasm");
defaultDevice("wasm");

// A step of 64 needs minutes.
const batch = Number(option("batch", "1"));

let seed = 0;
const normal = (shape) => random.normal(random.key(seed++), shape);
const around = (mean, deviation, shape) => normal(shape).mul(deviation).add(mean);
const size = (params) => tree.leaves(params).reduce((sum, leaf) => sum + leaf.size, 0);

const perChannel = (vector) => vector.reshape([1, -1, 1, 1]);

function batchNorm(x, scale, shift) {
  const centred = x.ref.sub(np.mean(x, [0, 2, 3], { keepdims: true }));
  const variance = np.mean(np.square(centred.ref), [0, 2, 3], { keepdims: true });
  return centred
    .div(np.sqrt(variance.add(1e-5)))
    .mul(perChannel(scale))
    .add(perChannel(shift));
}

const conv = (x, weight, stride, pad) =>
  lax.conv(
    x,
    weight,
    [stride, stride],
    [
      [pad, pad],
      [pad, pad],
    ],
  );

// DCGAN.

const dcganLatent = 100;

function dcganGeneratorParameters() {
  const p = {};
  for (const [i, [from, to]] of [
    [100, 256],
    [256, 128],
    [128, 64],
    [64, 3],
  ].entries()) {
    p[`conv${i}`] = around(0, 0.02, [from, to, 4, 4]);
    if (i < 3) p[`scale${i}`] = around(1, 0.02, [to]);
    p[`shift${i}`] = around(0, 0, [to]);
  }
  return p;
}

function dcganGenerator(p, z) {
  const up = (x, i) => {
    const [stride, padding] = i === 0 ? [1, "VALID"] : [2, "SAME"];
    const weight = p[`conv${i}`].ref;
    return lax.convTranspose(x, weight, [stride, stride], padding, { transposeKernel: true });
  };
  let h = z.reshape([-1, dcganLatent, 1, 1]);
  for (const i of [0, 1, 2]) {
    h = nn.relu(batchNorm(up(h, i), p[`scale${i}`].ref, p[`shift${i}`].ref));
  }
  return np.tanh(up(h, 3).add(perChannel(p.shift3.ref)));
}

function dcganDiscriminatorParameters({ norm }) {
  const p = {};
  for (const [i, [from, to]] of [
    [3, 64],
    [64, 128],
    [128, 256],
    [256, 1],
  ].entries()) {
    p[`conv${i}`] = around(0, 0.02, [to, from, 4, 4]);
    if (norm && (i === 1 || i === 2)) p[`scale${i}`] = around(1, 0.02, [to]);
    p[`shift${i}`] = around(0, 0, [to]);
  }
  return p;
}

function dcganDiscriminator(p, x) {
  let h = x;
  for (const i of [0, 1, 2]) {
    h = conv(h, p[`conv${i}`].ref, 2, 1);
    const [scale, shift] = [p[`scale${i}`]?.ref, p[`shift${i}`].ref];
    h = nn.leakyRelu(scale ? batchNorm(h, scale, shift) : h.add(perChannel(shift)), 0.2);
  }
  return conv(h, p.conv3.ref, 1, 0).add(perChannel(p.shift3.ref)).reshape([-1]);
}

// SNGAN, 64 wide, see torch_step.py.

const snganLatent = 128;
const width = 64;

function convParameters(p, name, from, to, kernel) {
  p[`${name}.weight`] = around(0, 0.05, [to, from, kernel, kernel]);
  p[`${name}.bias`] = around(0, 0, [to]);
}

const biased = (p, name, y) => y.add(perChannel(p[`${name}.bias`].ref));

function snganGeneratorParameters() {
  const p = {
    "linear.weight": around(0, 0.05, [snganLatent, 16 * width]),
    "linear.bias": around(0, 0, [16 * width]),
  };
  for (const block of ["block0", "block1", "block2"]) {
    convParameters(p, `${block}.conv1`, width, width, 3);
    convParameters(p, `${block}.conv2`, width, width, 3);
    convParameters(p, `${block}.shortcut`, width, width, 1);
  }
  for (const i of [0, 1, 2, 3, 4, 5, 6]) {
    p[`norm${i}.scale`] = around(1, 0.02, [width]);
    p[`norm${i}.shift`] = around(0, 0, [width]);
  }
  convParameters(p, "conv", width, 3, 3);
  return p;
}

function double(x) {
  const [n, channels, height] = x.shape;
  const twice = np.broadcastTo(x.reshape([n, channels, height, 1, height, 1]), [
    n,
    channels,
    height,
    2,
    height,
    2,
  ]);
  return twice.reshape([n, channels, height * 2, height * 2]);
}

function halve(x) {
  const [n, channels, height] = x.shape;
  return np.mean(x.reshape([n, channels, height / 2, 2, height / 2, 2]), [3, 5]);
}

function snganGenerator(p, z) {
  const norm = (i, x) => nn.relu(batchNorm(x, p[`norm${i}.scale`].ref, p[`norm${i}.shift`].ref));
  const layer = (name, x, pad) => biased(p, name, conv(x, p[`${name}.weight`].ref, 1, pad));
  let h = np.matmul(z, p["linear.weight"].ref).add(p["linear.bias"].ref);
  h = h.reshape([-1, width, 4, 4]);
  for (const i of [0, 1, 2]) {
    const shortcut = layer(`block${i}.shortcut`, double(h.ref), 0);
    h = layer(`block${i}.conv1`, double(norm(2 * i, h)), 1);
    h = layer(`block${i}.conv2`, norm(2 * i + 1, h), 1).add(shortcut);
  }
  return np.tanh(layer("conv", norm(6, h), 1));
}

const snganBlocks = [
  { from: 3, down: true },
  { from: width, down: true },
  { from: width },
  { from: width },
];

function snganDiscriminatorParameters() {
  const p = { "linear.weight": around(0, 0.05, [1, width]), "linear.bias": around(0, 0, [1]) };
  for (const [i, { from, down }] of snganBlocks.entries()) {
    convParameters(p, `block${i}.conv1`, from, width, 3);
    convParameters(p, `block${i}.conv2`, width, width, 3);
    if (down) convParameters(p, `block${i}.shortcut`, from, width, 1);
  }
  return p;
}

/** One left singular vector estimate per weight: the state of spectral norm. */
const spectralState = (p) =>
  Object.fromEntries(
    Object.entries(p)
      .filter(([name]) => name.endsWith(".weight"))
      .map(([name, weight]) => [name, normal([1, weight.shape[0]])]),
  );

/** The discriminator takes one power iteration and returns [logits, new state]. */
function snganDiscriminator(p, x, state) {
  const next = { ...state };
  const unit = (vector) => vector.ref.div(np.sqrt(np.sum(np.square(vector))).add(1e-12));
  const normalised = (name) => {
    const weight = p[name].ref;
    const matrix = weight.ref.reshape([weight.shape[0], -1]);
    const constant = lax.stopGradient(matrix.ref);
    const v = unit(np.matmul(next[name], constant.ref));
    const u = unit(np.matmul(v.ref, np.transpose(constant)));
    next[name] = u.ref;
    const sigma = np.sum(np.matmul(u, matrix).mul(v));
    return weight.div(sigma);
  };
  const layer = (name, y, pad) => biased(p, name, conv(y, normalised(`${name}.weight`), 1, pad));
  let h = x;
  for (const [i, { down }] of snganBlocks.entries()) {
    const first = i === 0;
    let shortcut = h.ref;
    if (first) shortcut = layer(`block${i}.shortcut`, halve(shortcut), 0);
    else if (down) shortcut = halve(layer(`block${i}.shortcut`, shortcut, 0));
    h = layer(`block${i}.conv1`, first ? h : nn.relu(h), 1);
    h = layer(`block${i}.conv2`, nn.relu(h), 1);
    h = (down ? halve(h) : h).add(shortcut);
  }
  const sums = np.sum(nn.relu(h), [2, 3]);
  const logits = np.matmul(sums, np.transpose(normalised("linear.weight")));
  return [logits.add(p["linear.bias"].ref).reshape([-1]), next];
}

// Steps: pure functions of (parameters, moments, state, batch, noise) under one jit.

const bce = {
  discriminator: (real, fake) => np.mean(nn.softplus(real.neg())).add(np.mean(nn.softplus(fake))),
  generator: (fake) => np.mean(nn.softplus(fake.neg())),
};
const hinge = {
  discriminator: (real, fake) =>
    np.mean(nn.relu(real.neg().add(1))).add(np.mean(nn.relu(fake.add(1)))),
  generator: (fake) => np.mean(fake).neg(),
};

const zerosLike = (params) => tree.map((leaf) => np.zeros(leaf.shape), params);
const adamState = (params) => ({ mean: zerosLike(params), square: zerosLike(params) });

/** `warmth` is [1 - beta1^t, 1 - beta2^t], an input so that one compilation serves every step. */
function adam(params, gradients, { mean, square }, warmth, { rate, beta1, beta2 }) {
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
function repeat(compiled, state, noise, { beta1, beta2 }) {
  const real = random.uniform(random.key(seed++), [batch, 3, 32, 32], { minval: -1, maxval: 1 });
  let t = 0;
  return async () => {
    t += 1;
    const warmth = np.array([1 - beta1 ** t, 1 - beta2 ** t]);
    const [loss, next] = compiled(state, real.ref, noise(), warmth);
    state = next;
    await jax.blockUntilReady(state);
    const [value] = await loss.data();
    return value;
  };
}

function alternating({ generator, discriminator, g, d, norms, latent, losses, hyper }) {
  const step = ({ g, d, gAdam, dAdam, norms }, real, { z }, warmth) => {
    const [fake, pullBack] = vjp((p) => generator(p, z.ref), [tree.ref(g)]);

    const dLoss = (p, real, fake, norms) => {
      const [onReal, after] = discriminator(p, real, norms);
      const [onFake, last] = discriminator(p, fake, after);
      return [losses.discriminator(onReal, onFake), last];
    };
    const [[, norms1], dGradients] = valueAndGrad(dLoss, { hasAux: true })(
      tree.ref(d),
      real,
      fake.ref,
      norms,
    );
    const [newD, newDAdam] = adam(d, dGradients, dAdam, warmth.ref, hyper);

    const gLoss = (fake, p, norms) => {
      const [onFake, last] = discriminator(p, fake, norms);
      return [losses.generator(onFake), last];
    };
    const [[loss, norms2], slope] = valueAndGrad(gLoss, { hasAux: true })(
      fake,
      tree.ref(newD),
      norms1,
    );
    const [gGradients] = pullBack(slope);
    const [newG, newGAdam] = adam(g, gGradients, gAdam, warmth, hyper);
    return [loss, { g: newG, d: newD, gAdam: newGAdam, dAdam: newDAdam, norms: norms2 }];
  };
  const state = { g, d, gAdam: adamState(g), dAdam: adamState(d), norms };
  return repeat(jit(step), state, () => ({ z: normal([batch, latent]) }), hyper);
}

const dcgan32 = () =>
  alternating({
    generator: dcganGenerator,
    discriminator: (p, x, norms) => [dcganDiscriminator(p, x), norms],
    g: dcganGeneratorParameters(),
    d: dcganDiscriminatorParameters({ norm: true }),
    norms: {},
    latent: dcganLatent,
    losses: bce,
    hyper: { rate: 2e-4, beta1: 0.5, beta2: 0.999 },
  });

function snganResnet32() {
  const d = snganDiscriminatorParameters();
  return alternating({
    generator: snganGenerator,
    discriminator: snganDiscriminator,
    g: snganGeneratorParameters(),
    d,
    norms: spectralState(d),
    latent: snganLatent,
    losses: hinge,
    hyper: { rate: 2e-4, beta1: 0, beta2: 0.9 },
  });
}

function wganGp() {
  const hyper = { rate: 1e-4, beta1: 0, beta2: 0.9 };
  const step = ({ g, d, dAdam }, real, { z, share }, warmth) => {
    const fake = dcganGenerator(g, z);
    const mixed = fake.ref.add(share.mul(real.ref.sub(fake.ref)));
    const loss = (p) => {
      const slope = grad((x) => np.sum(dcganDiscriminator(p, x)))(mixed);
      const lengths = np.sqrt(np.sum(np.square(slope), [1, 2, 3]));
      const penalty = np.mean(np.square(lengths.sub(1)));
      const difference = np
        .mean(dcganDiscriminator(p, fake))
        .sub(np.mean(dcganDiscriminator(p, real)));
      return difference.add(penalty.mul(10));
    };
    const [value, gradients] = valueAndGrad(loss)(tree.ref(d));
    const [newD, newDAdam] = adam(d, gradients, dAdam, warmth, hyper);
    return [value, { g, d: newD, dAdam: newDAdam }];
  };
  const d = dcganDiscriminatorParameters({ norm: false });
  const state = { g: dcganGeneratorParameters(), d, dAdam: adamState(d) };
  const noise = () => ({
    z: normal([batch, dcganLatent]),
    share: random.uniform(random.key(seed++), [batch, 1, 1, 1]),
  });
  return repeat(jit(step), state, noise, hyper);
}

const info = () => ({
  jaxJs: version("@jax-js/jax"),
  backend: defaultDevice(),
  batch,
  parameters: {
    dcgan32: {
      generator: size(dcganGeneratorParameters()),
      discriminator: size(dcganDiscriminatorParameters({ norm: true })),
    },
    "wgan-gp": {
      generator: size(dcganGeneratorParameters()),
      discriminator: size(dcganDiscriminatorParameters({ norm: false })),
    },
    "sngan-resnet32": {
      generator: size(snganGeneratorParameters()),
      discriminator: size(snganDiscriminatorParameters()),
    },
  },
});

await serve(info, batch, { dcgan32, "wgan-gp": wganGp, "sngan-resnet32": snganResnet32 });
