/**
 * The networks of torch_nets.py in jax-js. A net is `parameters()` and a function of (parameters, input,
 * training); `training` says whether batch norm takes the batch's moments. An array is consumed by its
 * use; `.ref` keeps it for another.
 */
import { jax, nextKey } from "./_jax-js.mjs";

export const normal = (shape) => jax.random.normal(nextKey(), shape);
export const within = (bound, shape) =>
  jax.random.uniform(nextKey(), shape, { minval: -bound, maxval: bound });
const zeros = (shape) => jax.numpy.zeros(shape);
const ones = (shape) => jax.numpy.ones(shape);

/** A bias as PyTorch leaves it; `feeds` is what its U(±1/√feeds) goes by. */
const bias = (size, feeds) => within(1 / Math.sqrt(feeds), [size]);

/** Glorot's, for a weight [out, in, ...kernel]. */
function xavier(gain, shape) {
  const [outputs, inputs, ...kernel] = shape;
  const taps = kernel.reduce((a, b) => a * b, 1);
  return within(gain * Math.sqrt(6 / (taps * (inputs + outputs))), shape);
}

const perChannel = (vector) => vector.reshape([1, -1, 1, 1]);

/** In its favour, no running statistics are kept: what makes images reads first ones, 0 and 1. */
function batchNorm(x, scale, shift, training) {
  const np = jax.numpy;
  let standard = x;
  if (training) {
    const centred = x.ref.sub(np.mean(x, [0, 2, 3], { keepdims: true }));
    const variance = np.mean(np.square(centred.ref), [0, 2, 3], { keepdims: true });
    standard = centred.div(np.sqrt(variance.add(1e-5)));
  }
  return standard.mul(perChannel(scale)).add(perChannel(shift));
}

function conv(x, weight, stride, pad) {
  const pads = [
    [pad, pad],
    [pad, pad],
  ];
  return jax.lax.conv(x, weight, [stride, stride], pads);
}

// DCGAN.

export const dcganLatent = 100;

/** Channels of the maps from 4x4 to side/2. */
function dcganWidths(side, width) {
  const levels = Math.log2(side) - 2;
  return Array.from({ length: levels }, (_, level) => width * 2 ** (levels - 1 - level));
}

const pairs = (all) => all.slice(1).map((to, i) => [all[i], to]);

export function dcganGenerator(side, width) {
  const widths = dcganWidths(side, width);
  const last = widths.length;
  const parameters = () => {
    const p = {};
    for (const [i, [from, to]] of pairs([dcganLatent, ...widths, 3]).entries()) {
      p[`conv${i}`] = normal([from, to, 4, 4]).mul(0.02);
      if (i < last) p[`scale${i}`] = ones([to]);
      p[`shift${i}`] = i < last ? zeros([to]) : bias(to, to * 16);
    }
    return p;
  };
  const up = (p, x, i) => {
    const [stride, padding] = i === 0 ? [1, "VALID"] : [2, "SAME"];
    const weight = p[`conv${i}`].ref;
    return jax.lax.convTranspose(x, weight, [stride, stride], padding, { transposeKernel: true });
  };
  const apply = (p, z, training) => {
    let h = z.reshape([-1, dcganLatent, 1, 1]);
    for (let i = 0; i < last; i++) {
      const map = up(p, h, i);
      h = jax.nn.relu(batchNorm(map, p[`scale${i}`].ref, p[`shift${i}`].ref, training));
    }
    return jax.numpy.tanh(up(p, h, last).add(perChannel(p[`shift${last}`].ref)));
  };
  return { parameters, apply };
}

/** With batch norm, or as the critic of wgan-gp without. */
export function dcganDiscriminator(side, width, { critic = false } = {}) {
  const widths = dcganWidths(side, width).reverse();
  const normed = (i) => !critic && i > 0 && i < widths.length;
  const parameters = () => {
    const p = {};
    for (const [i, [from, to]] of pairs([3, ...widths, 1]).entries()) {
      p[`conv${i}`] = normal([to, from, 4, 4]).mul(0.02);
      if (normed(i)) p[`scale${i}`] = ones([to]);
      p[`shift${i}`] = normed(i) ? zeros([to]) : bias(to, from * 16);
    }
    return p;
  };
  const apply = (p, x) => {
    let h = x;
    for (let i = 0; i < widths.length; i++) {
      h = conv(h, p[`conv${i}`].ref, 2, 1);
      const shift = p[`shift${i}`].ref;
      const shifted = normed(i)
        ? batchNorm(h, p[`scale${i}`].ref, shift, true)
        : h.add(perChannel(shift));
      h = jax.nn.leakyRelu(shifted, 0.2);
    }
    const i = widths.length;
    const logits = conv(h, p[`conv${i}`].ref, 1, 0).add(perChannel(p[`shift${i}`].ref));
    return logits.reshape([-1]);
  };
  return { parameters, apply };
}

// SNGAN.

export const snganLatent = 128;

function convParameters(p, name, from, to, kernel, gain) {
  p[`${name}.weight`] = xavier(gain, [to, from, kernel, kernel]);
  p[`${name}.bias`] = bias(to, from * kernel * kernel);
}

function blockParameters(p, name, from, width, shortcut) {
  convParameters(p, `${name}.conv1`, from, width, 3, Math.SQRT2);
  convParameters(p, `${name}.conv2`, width, width, 3, Math.SQRT2);
  if (shortcut) convParameters(p, `${name}.shortcut`, from, width, 1, 1);
}

const biased = (p, name, y) => y.add(perChannel(p[`${name}.bias`].ref));

function double(x) {
  const [n, channels, height] = x.shape;
  const split = x.reshape([n, channels, height, 1, height, 1]);
  const twice = jax.numpy.broadcastTo(split, [n, channels, height, 2, height, 2]);
  return twice.reshape([n, channels, height * 2, height * 2]);
}

function halve(x) {
  const [n, channels, height] = x.shape;
  return jax.numpy.mean(x.reshape([n, channels, height / 2, 2, height / 2, 2]), [3, 5]);
}

export function snganGenerator(width) {
  const parameters = () => {
    const p = {
      "linear.weight": xavier(1, [16 * width, snganLatent]),
      "linear.bias": bias(16 * width, snganLatent),
    };
    for (const block of ["block0", "block1", "block2"]) {
      blockParameters(p, block, width, width, true);
    }
    for (let i = 0; i < 7; i++) {
      p[`norm${i}.scale`] = ones([width]);
      p[`norm${i}.shift`] = zeros([width]);
    }
    convParameters(p, "conv", width, 3, 3, 1);
    return p;
  };
  const apply = (p, z, training) => {
    const norm = (i, x) =>
      jax.nn.relu(batchNorm(x, p[`norm${i}.scale`].ref, p[`norm${i}.shift`].ref, training));
    const layer = (name, x, pad) => biased(p, name, conv(x, p[`${name}.weight`].ref, 1, pad));
    let h = dense(p, "linear", z).reshape([-1, width, 4, 4]);
    for (const i of [0, 1, 2]) {
      const shortcut = layer(`block${i}.shortcut`, double(h.ref), 0);
      h = layer(`block${i}.conv1`, double(norm(2 * i, h)), 1);
      h = layer(`block${i}.conv2`, norm(2 * i + 1, h), 1).add(shortcut);
    }
    return jax.numpy.tanh(layer("conv", norm(6, h), 1));
  };
  return { parameters, apply };
}

/** The discriminator takes one power iteration and returns [logits, new state]. */
export function snganDiscriminator(width) {
  const blocks = [{ from: 3, down: true }, { from: width, down: true }, {}, {}];
  const parameters = () => {
    const p = { "linear.weight": xavier(1, [1, width]), "linear.bias": bias(1, width) };
    for (const [i, { from = width, down = false }] of blocks.entries()) {
      blockParameters(p, `block${i}`, from, width, down);
    }
    return p;
  };
  const apply = (p, x, state) => {
    const next = { ...state };
    const normal = (name) => normalised(p, name, next);
    const layer = (name, y, pad) => biased(p, name, conv(y, normal(`${name}.weight`), 1, pad));
    let h = x;
    for (const [i, { down }] of blocks.entries()) {
      const first = i === 0;
      let shortcut = h.ref;
      if (first) shortcut = layer(`block${i}.shortcut`, halve(shortcut), 0);
      else if (down) shortcut = halve(layer(`block${i}.shortcut`, shortcut, 0));
      h = layer(`block${i}.conv1`, first ? h : jax.nn.relu(h), 1);
      h = layer(`block${i}.conv2`, jax.nn.relu(h), 1);
      h = (down ? halve(h) : h).add(shortcut);
    }
    const sums = jax.numpy.sum(jax.nn.relu(h), [2, 3]);
    const logits = jax.numpy.matmul(sums, jax.numpy.transpose(normal("linear.weight")));
    return [logits.add(p["linear.bias"].ref).reshape([-1]), next];
  };
  return { parameters, apply, state: spectralState };
}

/** One left singular vector estimate per weight: the state of spectral norm. */
const spectralState = (p) =>
  Object.fromEntries(
    Object.entries(p)
      .filter(([name]) => name.endsWith(".weight"))
      .map(([name, weight]) => [name, normal([1, weight.shape[0]])]),
  );

/** A weight over its largest singular value, after one power iteration that is left in `next`. */
function normalised(p, name, next) {
  const np = jax.numpy;
  const unit = (vector) => vector.ref.div(np.sqrt(np.sum(np.square(vector))).add(1e-12));
  const weight = p[name].ref;
  const matrix = weight.ref.reshape([weight.shape[0], -1]);
  const constant = jax.lax.stopGradient(matrix.ref);
  const v = unit(np.matmul(next[name], constant.ref));
  const u = unit(np.matmul(v.ref, np.transpose(constant)));
  next[name] = u.ref;
  return weight.div(np.sum(np.matmul(u, matrix).mul(v)));
}

// The first GAN, on points.

export const mlpLatent = 16;

const dense = (p, name, x) =>
  jax.numpy.matmul(x, jax.numpy.transpose(p[`${name}.weight`].ref)).add(p[`${name}.bias`].ref);

function mlpParameters(sizes) {
  const p = {};
  for (const [i, [from, to]] of pairs(sizes).entries()) {
    p[`layer${i}.weight`] = within(1 / Math.sqrt(from), [to, from]);
    p[`layer${i}.bias`] = bias(to, from);
  }
  return p;
}

function mlpApply(p, x, activate) {
  const h = activate(dense(p, "layer1", activate(dense(p, "layer0", x))));
  return dense(p, "layer2", h);
}

export const mlpGenerator = (width) => ({
  parameters: () => mlpParameters([mlpLatent, width, width, 2]),
  apply: (p, z) => mlpApply(p, z, jax.nn.relu),
});

export const mlpDiscriminator = (width) => ({
  parameters: () => mlpParameters([2, width, width, 1]),
  apply: (p, x) => mlpApply(p, x, (h) => jax.nn.leakyRelu(h, 0.2)).reshape([-1]),
});
