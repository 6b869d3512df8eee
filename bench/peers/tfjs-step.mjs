/**
 * TensorFlow.js twins of the steps in torch_step.py.
 *
 *   node tfjs-step.mjs --backend cpu|wasm [--batch 1]
 *
 * Backends that install from the registry alone and run in Node: `cpu`, plain JavaScript, and
 * `wasm`, on one thread in Node. The native one downloads its library in an install script.
 * The library's own operators and gradients are used as a user would. Layout is NHWC, which it
 * requires. In its favour, batch norm keeps no running statistics. Against it, and unavoidable: its
 * tape lives only inside the function being minimised, so the generator's forward pass runs twice.
 */
import { load, option, serve, version } from "./_protocol.mjs";

const tf = load("@tensorflow/tfjs");
const backend = option("backend", "cpu");
if (backend === "wasm") load("@tensorflow/tfjs-backend-wasm");
await tf.setBackend(backend);

// A step takes ten seconds to a minute even with one sample.
const batch = Number(option("batch", "1"));

/** A player's parameters, made as they are first asked for, so that a net reads as one function. */
function player() {
  const all = new Map();
  const get = (name, make) => {
    if (!all.has(name)) all.set(name, make());
    return all.get(name);
  };
  const parameter = (name, shape, deviation = 0.02, mean = 0) =>
    get(name, () => tf.variable(tf.randomNormal(shape, mean, deviation)));
  const state = (name, shape) => get(name, () => tf.variable(tf.randomNormal(shape), false));
  const trained = () => [...all.values()].filter((variable) => variable.trainable);
  const count = () => trained().reduce((sum, variable) => sum + variable.size, 0);
  return { parameter, state, trained, count };
}

const withBias = (p, name, y) => tf.add(y, p.parameter(`${name}.bias`, [y.shape.at(-1)], 0));

function batchNorm(p, name, x) {
  const channels = [x.shape.at(-1)];
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  const scale = p.parameter(`${name}.scale`, channels, 0.02, 1);
  const shift = p.parameter(`${name}.shift`, channels, 0);
  return tf.batchNorm(x, mean, variance, shift, scale, 1e-5);
}

// DCGAN. Padding `same` is one pixel on each side for a 4x4 kernel with stride 2, as in PyTorch.

function upConv(p, name, x, channels, stride) {
  const [n, height, , inputs] = x.shape;
  const weight = p.parameter(`${name}.weight`, [4, 4, channels, inputs]);
  const size = stride === 1 ? 4 : height * 2;
  const padding = stride === 1 ? "valid" : "same";
  return tf.conv2dTranspose(x, weight, [n, size, size, channels], stride, padding);
}

function downConv(p, name, x, channels, stride) {
  const weight = p.parameter(`${name}.weight`, [4, 4, x.shape.at(-1), channels]);
  return tf.conv2d(x, weight, stride, stride === 1 ? "valid" : "same");
}

const dcganLatent = 100;

function dcganGenerator(p, z) {
  let h = z.reshape([-1, 1, 1, dcganLatent]);
  for (const [i, channels] of [256, 128, 64].entries()) {
    h = tf.relu(batchNorm(p, `norm${i}`, upConv(p, `conv${i}`, h, channels, i === 0 ? 1 : 2)));
  }
  return tf.tanh(withBias(p, "conv3", upConv(p, "conv3", h, 3, 2)));
}

const leaky = (x) => tf.leakyRelu(x, 0.2);

function dcganDiscriminator(p, x, norm = batchNorm, activate = leaky) {
  let h = activate(withBias(p, "conv0", downConv(p, "conv0", x, 64, 2)));
  for (const [i, channels] of [128, 256].entries()) {
    const name = `conv${i + 1}`;
    h = activate(norm(p, name, downConv(p, name, h, channels, 2)));
  }
  return withBias(p, "conv3", downConv(p, "conv3", h, 1, 1)).reshape([-1]);
}

// The gradient of leakyRelu is a comparison, through which there is no second gradient here
// ("gradient function not found for Greater"). That of relu is a step, through which there is.
const twiceDifferentiableLeaky = (x) => tf.sub(tf.relu(x), tf.mul(0.2, tf.relu(tf.neg(x))));

const critic = (p, x) => dcganDiscriminator(p, x, withBias, twiceDifferentiableLeaky);

// SNGAN, 64 wide, see torch_step.py.

const snganLatent = 128;
const width = 64;

/** A layer's weight divided by its largest singular value, after one power iteration. */
function normalised(p, name, weight) {
  const matrix = weight.reshape([-1, weight.shape.at(-1)]);
  const u = p.state(`${name}.u`, [1, matrix.shape[1]]);
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

function conv(p, name, x, channels, size, weightOf = asIs) {
  const weight = p.parameter(`${name}.weight`, [size, size, x.shape.at(-1), channels], 0.05);
  return withBias(p, name, tf.conv2d(x, weightOf(p, name, weight), 1, "same"));
}

function upBlock(p, name, x) {
  const double = (y) => tf.image.resizeNearestNeighbor(y, [y.shape[1] * 2, y.shape[2] * 2]);
  let h = double(tf.relu(batchNorm(p, `${name}.norm1`, x)));
  h = tf.relu(batchNorm(p, `${name}.norm2`, conv(p, `${name}.conv1`, h, width, 3)));
  h = conv(p, `${name}.conv2`, h, width, 3);
  return tf.add(h, conv(p, `${name}.shortcut`, double(x), width, 1));
}

function snganGenerator(p, z) {
  const weight = p.parameter("linear.weight", [snganLatent, 16 * width], 0.05);
  let h = withBias(p, "linear", tf.matMul(z, weight)).reshape([-1, 4, 4, width]);
  for (const name of ["block0", "block1", "block2"]) h = upBlock(p, name, h);
  return tf.tanh(conv(p, "conv", tf.relu(batchNorm(p, "norm", h)), 3, 3));
}

const halve = (x) => tf.avgPool(x, 2, 2, "valid");

function downBlock(p, name, x, { first = false, down = false }) {
  let h = conv(p, `${name}.conv1`, first ? x : tf.relu(x), width, 3, normalised);
  h = conv(p, `${name}.conv2`, tf.relu(h), width, 3, normalised);
  const shortcut = (y) => conv(p, `${name}.shortcut`, y, width, 1, normalised);
  if (first) return tf.add(halve(h), shortcut(halve(x)));
  return down ? tf.add(halve(h), halve(shortcut(x))) : tf.add(h, x);
}

function snganDiscriminator(p, x) {
  let h = downBlock(p, "block0", x, { first: true });
  h = downBlock(p, "block1", h, { down: true });
  h = downBlock(p, "block2", downBlock(p, "block3", h, {}), {});
  const weight = p.parameter("linear.weight", [width, 1], 0.05);
  const sums = tf.sum(tf.relu(h), [1, 2]);
  return withBias(p, "linear", tf.matMul(sums, normalised(p, "linear", weight))).reshape([-1]);
}

// Steps.

const bce = {
  discriminator: (real, fake) =>
    tf.add(tf.mean(tf.softplus(tf.neg(real))), tf.mean(tf.softplus(fake))),
  generator: (fake) => tf.mean(tf.softplus(tf.neg(fake))),
};
const hinge = {
  discriminator: (real, fake) =>
    tf.add(tf.mean(tf.relu(tf.sub(1, real))), tf.mean(tf.relu(tf.add(1, fake)))),
  generator: (fake) => tf.neg(tf.mean(fake)),
};

const realImages = () => tf.randomUniform([batch, 32, 32, 3], -1, 1);

/** Runs both nets once, so that their parameters exist before an optimiser asks for them. */
function players(generator, discriminator, latent) {
  const [g, d] = [player(), player()];
  tf.tidy(() => {
    discriminator(d, generator(g, tf.randomNormal([batch, latent])));
  });
  return { g, d };
}

function alternating(generator, discriminator, latent, loss, beta1, beta2) {
  const { g, d } = players(generator, discriminator, latent);
  const real = realImages();
  const optimiseG = tf.train.adam(2e-4, beta1, beta2, 1e-8);
  const optimiseD = tf.train.adam(2e-4, beta1, beta2, 1e-8);
  return async () => {
    const lossG = tf.tidy(() => {
      const z = tf.randomNormal([batch, latent]);
      const fake = generator(g, z);
      optimiseD.minimize(
        () => loss.discriminator(discriminator(d, real), discriminator(d, fake)),
        false,
        d.trained(),
      );
      const criticise = () => loss.generator(discriminator(d, generator(g, z)));
      return optimiseG.minimize(criticise, true, g.trained());
    });
    return read(lossG);
  };
}

function wganGp() {
  const { g, d } = players(dcganGenerator, critic, dcganLatent);
  const real = realImages();
  const optimise = tf.train.adam(1e-4, 0, 0.9, 1e-8);
  const slopeAt = tf.grad((x) => tf.sum(critic(d, x)));
  return async () => {
    const loss = tf.tidy(() => {
      const fake = dcganGenerator(g, tf.randomNormal([batch, dcganLatent]));
      const share = tf.randomUniform([batch, 1, 1, 1]);
      const mixed = tf.add(fake, tf.mul(share, tf.sub(real, fake)));
      return optimise.minimize(
        () => {
          const lengths = tf.sqrt(tf.sum(tf.square(slopeAt(mixed)), [1, 2, 3]));
          const penalty = tf.mean(tf.square(tf.sub(lengths, 1)));
          const difference = tf.sub(tf.mean(critic(d, fake)), tf.mean(critic(d, real)));
          return tf.add(difference, tf.mul(10, penalty));
        },
        true,
        d.trained(),
      );
    });
    return read(loss);
  };
}

async function read(scalar) {
  const [value] = await scalar.data();
  scalar.dispose();
  return value;
}

const builders = {
  dcgan32: () => alternating(dcganGenerator, dcganDiscriminator, dcganLatent, bce, 0.5, 0.999),
  "wgan-gp": wganGp,
  "sngan-resnet32": () =>
    alternating(snganGenerator, snganDiscriminator, snganLatent, hinge, 0, 0.9),
};

const counts = ({ g, d }) => ({ generator: g.count(), discriminator: d.count() });

const info = () => ({
  tfjs: version("@tensorflow/tfjs"),
  backend,
  batch,
  parameters: {
    dcgan32: counts(players(dcganGenerator, dcganDiscriminator, dcganLatent)),
    "wgan-gp": counts(players(dcganGenerator, critic, dcganLatent)),
    "sngan-resnet32": counts(players(snganGenerator, snganDiscriminator, snganLatent)),
  },
});

await serve(info, batch, builders);
