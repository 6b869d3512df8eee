/**
 * TensorFlow.js twins of the steps in torch_step.py. The library's own operators and gradients are used
 * as a user would. Against it, and unavoidable: its tape lives only inside the function being minimised,
 * so the generator's forward pass runs twice.
 */
import { tf } from "./_tfjs.mjs";
import * as nets from "./_tfjs-nets.mjs";

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

async function read(scalar) {
  const [value] = await scalar.data();
  scalar.dispose();
  return value;
}

/** The discriminator's update, then the generator's on the same fakes. */
function alternating({ generator, discriminator, latent, loss, rate, beta1, beta2 }) {
  return ({ g, d, real }) => {
    const optimiseG = tf.train.adam(rate, beta1, beta2, 1e-8);
    const optimiseD = tf.train.adam(rate, beta1, beta2, 1e-8);
    return () => {
      const lossG = tf.tidy(() => {
        const z = tf.randomNormal([real.shape[0], latent]);
        const fake = generator(g, z, true);
        optimiseD.minimize(
          () => loss.discriminator(discriminator(d, real), discriminator(d, fake)),
          false,
          d.trained(),
        );
        const criticise = () => loss.generator(discriminator(d, generator(g, z, true)));
        return optimiseG.minimize(criticise, true, g.trained());
      });
      return read(lossG);
    };
  };
}

/** The critic's move alone. */
function critical({ generator, discriminator: critic, latent }) {
  return ({ g, d, real }) => {
    const optimise = tf.train.adam(1e-4, 0, 0.9, 1e-8);
    const slopeAt = tf.grad((x) => tf.sum(critic(d, x)));
    return () => {
      const loss = tf.tidy(() => {
        const fake = generator(g, tf.randomNormal([real.shape[0], latent]), true);
        const share = tf.randomUniform([real.shape[0], 1, 1, 1]);
        const mixed = tf.add(fake, tf.mul(share, tf.sub(real, fake)));
        const objective = () => {
          const lengths = tf.sqrt(tf.sum(tf.square(slopeAt(mixed)), [1, 2, 3]));
          const penalty = tf.mean(tf.square(tf.sub(lengths, 1)));
          const difference = tf.sub(tf.mean(critic(d, fake)), tf.mean(critic(d, real)));
          return tf.add(difference, tf.mul(10, penalty));
        };
        return optimise.minimize(objective, true, d.trained());
      });
      return read(loss);
    };
  };
}

const images = (side) => (batch) => tf.randomUniform([batch, side, side, 3], -1, 1);
/** Points around the centres -4, -2, 0, 2, 4 in either direction. */
const grid25 = (batch) =>
  tf.add(
    tf.sub(tf.mul(tf.floor(tf.randomUniform([batch, 2], 0, 5)), 2), 4),
    tf.randomNormal([batch, 2], 0, 0.05),
  );

const dcgan = (side, width) => ({
  generator: nets.dcganGenerator(side, width),
  latent: nets.dcganLatent,
  data: images(side),
});

const dcganStep = (side, width) => {
  const parts = { ...dcgan(side, width), discriminator: nets.dcganDiscriminator(side, width) };
  const hyper = { loss: bce, rate: 2e-4, beta1: 0.5, beta2: 0.999 };
  return { ...parts, prepare: alternating({ ...parts, ...hyper }) };
};

const systems = {
  dcgan32: (width) => dcganStep(32, width),
  dcgan64: (width) => dcganStep(64, width),
  "wgan-gp": (width) => {
    const discriminator = nets.dcganDiscriminator(32, width, { critic: true });
    const parts = { ...dcgan(32, width), discriminator };
    return { ...parts, prepare: critical(parts) };
  },
  "sngan-resnet32": (width) => {
    const discriminator = nets.snganDiscriminator(width);
    const generator = nets.snganGenerator(width);
    const parts = { generator, discriminator, latent: nets.snganLatent, data: images(32) };
    const hyper = { loss: hinge, rate: 2e-4, beta1: 0, beta2: 0.9 };
    return { ...parts, prepare: alternating({ ...parts, ...hyper }) };
  },
  "mlp-grid25": (width) => {
    const discriminator = nets.mlpDiscriminator(width);
    const parts = { generator: nets.mlpGenerator(width), discriminator, latent: nets.mlpLatent };
    const hyper = { loss: bce, rate: 1e-3, beta1: 0.5, beta2: 0.999 };
    return { ...parts, data: grid25, prepare: alternating({ ...parts, ...hyper }) };
  },
};

/** See `serve` of _protocol.mjs. */
export function build(name, { batch, width, make }) {
  const { generator, discriminator, latent, data, prepare } = systems[name](width);
  const [g, d] = [nets.player(), nets.player()];
  const real = data(batch);
  // Both nets run once, so that their parameters exist before an optimiser asks for them.
  tf.tidy(() => {
    discriminator(d, generator(g, tf.randomNormal([batch, latent]), true));
    generator(g, tf.randomNormal([batch, latent]), false);
  });
  const parameters = { generator: g.count(), discriminator: d.count() };
  const making = async () => {
    const made = tf.tidy(() => generator(g, tf.randomNormal([batch, latent]), false));
    const [value] = await made.data();
    made.dispose();
    return value;
  };
  return { parameters, work: make ? making : prepare({ g, d, real }) };
}

export const names = Object.keys(systems);
