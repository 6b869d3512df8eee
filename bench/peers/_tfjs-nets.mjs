/**
 * The networks of torch_nets.py in TensorFlow.js. Layout is NHWC, which it requires. A net is a
 * function of (player, input, training); `training` says whether batch norm takes the batch's moments.
 */
import { tf } from "./_tfjs.mjs";

/** A player's parameters, made as they are first asked for, so that a net reads as one function. */
export function player() {
  const all = new Map();
  const get = (name, make) => {
    if (!all.has(name)) all.set(name, make());
    return all.get(name);
  };
  const parameter = (name, shape, init) => get(name, () => tf.variable(init(shape)));
  const state = (name, shape, init) => get(name, () => tf.variable(init(shape), false));
  const trained = () => [...all.values()].filter((variable) => variable.trainable);
  const count = () => trained().reduce((sum, variable) => sum + variable.size, 0);
  return { parameter, state, trained, count };
}

const normal = (deviation) => (shape) => tf.randomNormal(shape, 0, deviation);
const within = (bound) => (shape) => tf.randomUniform(shape, -bound, bound);
/** Glorot's, for a weight [...kernel, in, out]. */
const xavier = (gain) => (shape) => {
  const [outputs, inputs, ...kernel] = [...shape].reverse();
  const taps = kernel.reduce((a, b) => a * b, 1);
  return within(gain * Math.sqrt(6 / (taps * (inputs + outputs))))(shape);
};

/** A bias as PyTorch leaves it; `feeds` is what its U(±1/√feeds) goes by. */
const withBias = (p, name, y, feeds) =>
  tf.add(y, p.parameter(`${name}.bias`, [y.shape.at(-1)], within(1 / Math.sqrt(feeds))));

/** In its favour, the running statistics are not kept up: what makes images reads first ones. */
function batchNorm(p, name, x, training) {
  const channels = [x.shape.at(-1)];
  const { mean, variance } = training
    ? tf.moments(x, [0, 1, 2])
    : {
        mean: p.state(`${name}.mean`, channels, tf.zeros),
        variance: p.state(`${name}.variance`, channels, tf.ones),
      };
  const scale = p.parameter(`${name}.scale`, channels, tf.ones);
  const shift = p.parameter(`${name}.shift`, channels, tf.zeros);
  return tf.batchNorm(x, mean, variance, shift, scale, 1e-5);
}

// DCGAN. Padding `same` is one pixel on each side for a 4x4 kernel with stride 2, as in PyTorch.

/** Channels of the maps from 4x4 to side/2. */
function dcganWidths(side, width) {
  const levels = Math.log2(side) - 2;
  return Array.from({ length: levels }, (_, level) => width * 2 ** (levels - 1 - level));
}

function upConv(p, name, x, channels, stride) {
  const [n, height, , inputs] = x.shape;
  const weight = p.parameter(`${name}.weight`, [4, 4, channels, inputs], normal(0.02));
  const size = stride === 1 ? 4 : height * 2;
  const padding = stride === 1 ? "valid" : "same";
  return tf.conv2dTranspose(x, weight, [n, size, size, channels], stride, padding);
}

function downConv(p, name, x, channels, stride) {
  const weight = p.parameter(`${name}.weight`, [4, 4, x.shape.at(-1), channels], normal(0.02));
  return tf.conv2d(x, weight, stride, stride === 1 ? "valid" : "same");
}

export const dcganLatent = 100;

export const dcganGenerator = (side, width) => (p, z, training) => {
  let h = z.reshape([-1, 1, 1, dcganLatent]);
  for (const [i, channels] of dcganWidths(side, width).entries()) {
    const map = upConv(p, `conv${i}`, h, channels, i === 0 ? 1 : 2);
    h = tf.relu(batchNorm(p, `norm${i}`, map, training));
  }
  return tf.tanh(withBias(p, "image", upConv(p, "image", h, 3, 2), 3 * 16));
};

const leaky = (x) => tf.leakyRelu(x, 0.2);

// The gradient of leakyRelu is a comparison, through which there is no second gradient here
// ("gradient function not found for Greater"). That of relu is a step, through which there is.
const twiceDifferentiableLeaky = (x) => tf.sub(tf.relu(x), tf.mul(0.2, tf.relu(tf.neg(x))));

/** With batch norm, or as the critic of wgan-gp without. */
export const dcganDiscriminator =
  (side, width, { critic = false } = {}) =>
  (p, x) => {
    const activate = critic ? twiceDifferentiableLeaky : leaky;
    let h = x;
    for (const [i, channels] of dcganWidths(side, width).reverse().entries()) {
      const name = `conv${i}`;
      const inputs = h.shape.at(-1);
      h = downConv(p, name, h, channels, 2);
      const bare = i === 0 || critic;
      h = activate(bare ? withBias(p, name, h, inputs * 16) : batchNorm(p, name, h, true));
    }
    return withBias(p, "logit", downConv(p, "logit", h, 1, 1), h.shape.at(-1) * 16).reshape([-1]);
  };

// SNGAN.

export const snganLatent = 128;

/** A layer's weight divided by its largest singular value, after one power iteration. */
function normalised(p, name, weight) {
  const matrix = weight.reshape([-1, weight.shape.at(-1)]);
  const u = p.state(`${name}.u`, [1, matrix.shape[1]], normal(1));
  const unit = (x) => tf.div(x, tf.add(tf.norm(x), 1e-12));
  // customGrad without a gradient is how this library says "do not differentiate this".
  const iterate = tf.customGrad((w) => {
    const v = unit(tf.matMul(u, w, false, true));
    const next = unit(tf.matMul(v, w));
    u.assign(next);
    return { value: tf.concat([v, next], 1), gradFunc: () => tf.zerosLike(w) };
  });
  const [v, next] = tf.split(iterate(matrix), [matrix.shape[0], matrix.shape[1]], 1);
  const sigma = tf.sum(tf.mul(tf.matMul(v, matrix), next));
  return tf.div(weight, sigma);
}

const asIs = (_player, _name, weight) => weight;

function conv(p, name, x, { channels, size, gain = 1, weightOf = asIs }) {
  const inputs = x.shape.at(-1);
  const weight = p.parameter(`${name}.weight`, [size, size, inputs, channels], xavier(gain));
  const y = tf.conv2d(x, weightOf(p, name, weight), 1, "same");
  return withBias(p, name, y, inputs * size * size);
}

const inner = (channels) => ({ channels, size: 3, gain: Math.SQRT2 });

function upBlock(p, name, x, width, training) {
  const double = (y) => tf.image.resizeNearestNeighbor(y, [y.shape[1] * 2, y.shape[2] * 2]);
  let h = double(tf.relu(batchNorm(p, `${name}.norm1`, x, training)));
  h = conv(p, `${name}.conv1`, h, inner(width));
  h = conv(p, `${name}.conv2`, tf.relu(batchNorm(p, `${name}.norm2`, h, training)), inner(width));
  return tf.add(h, conv(p, `${name}.shortcut`, double(x), { channels: width, size: 1 }));
}

export const snganGenerator = (width) => (p, z, training) => {
  let h = dense(p, "linear", z, 16 * width, xavier(1)).reshape([-1, 4, 4, width]);
  for (const name of ["block0", "block1", "block2"]) h = upBlock(p, name, h, width, training);
  const last = tf.relu(batchNorm(p, "norm", h, training));
  return tf.tanh(conv(p, "conv", last, { channels: 3, size: 3 }));
};

const halve = (x) => tf.avgPool(x, 2, 2, "valid");

function downBlock(p, name, x, width, { first = false, down = false }) {
  const body = { ...inner(width), weightOf: normalised };
  let h = conv(p, `${name}.conv1`, first ? x : tf.relu(x), body);
  h = conv(p, `${name}.conv2`, tf.relu(h), body);
  const pointwise = { channels: width, size: 1, weightOf: normalised };
  const shortcut = (y) => conv(p, `${name}.shortcut`, y, pointwise);
  if (first) return tf.add(halve(h), shortcut(halve(x)));
  return down ? tf.add(halve(h), halve(shortcut(x))) : tf.add(h, x);
}

export const snganDiscriminator = (width) => (p, x) => {
  let h = downBlock(p, "block0", x, width, { first: true });
  h = downBlock(p, "block1", h, width, { down: true });
  h = downBlock(p, "block2", h, width, {});
  h = downBlock(p, "block3", h, width, {});
  const sums = tf.sum(tf.relu(h), [1, 2]);
  return dense(p, "linear", sums, 1, xavier(1), normalised).reshape([-1]);
};

// The first GAN, on points.

export const mlpLatent = 16;

function dense(p, name, x, units, init = undefined, weightOf = asIs) {
  const inputs = x.shape.at(-1);
  const first = init ?? within(1 / Math.sqrt(inputs));
  const weight = p.parameter(`${name}.weight`, [inputs, units], first);
  return withBias(p, name, tf.matMul(x, weightOf(p, name, weight)), inputs);
}

export const mlpGenerator = (width) => (p, z) => {
  const h = tf.relu(dense(p, "hidden1", tf.relu(dense(p, "hidden0", z, width)), width));
  return dense(p, "out", h, 2);
};

export const mlpDiscriminator = (width) => (p, x) => {
  const h = leaky(dense(p, "hidden1", leaky(dense(p, "hidden0", x, width)), width));
  return dense(p, "out", h, 1).reshape([-1]);
};
