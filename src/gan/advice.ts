import type { Advice, Healthy } from "../core/healthy.ts";

/** What goes wrong between the two sides, in the words that losses share. */
export const discriminatorWins: Advice = {
  text: "the discriminator tells fakes from data too easily, and the generator gets little to learn from",
  tryNext: [
    "a smaller learning rate of the discriminator, or a smaller discriminator",
    "one-sided label smoothing, noise on what it sees, or a gradient penalty (r1)",
    "a larger generator",
  ],
};

export const discriminatorLoses: Advice = {
  text: "the discriminator is worse than chance: it cannot follow the generator",
  tryNext: [
    "a larger learning rate of the discriminator, or more of its moves per generator move",
    "a larger discriminator",
    "a smaller weight of its penalties",
  ],
};

export const criticBlind: Advice = {
  text: "the critic sees no distance between fakes and data: it cannot follow the generator",
  tryNext: [
    "more critic moves per generator move, or a larger rate of the critic",
    "a smaller weight of its penalties",
  ],
};

/** Logits further out than this leave sigmoid's slope below 1e-5. */
const saturated = 12;

/** Scores of a discriminator that is judged by a sigmoid. */
export const logits: Healthy = {
  low: -saturated,
  high: saturated,
  below: discriminatorWins,
  above: discriminatorWins,
};

/** Any size from 0 on is right: only the trend has meaning. */
export const notNegative: Healthy = { low: 0 };

/** A slope that is kept near 1. */
export const unitSlope: Healthy = {
  low: 0.3,
  high: 2,
  below: {
    text: "the critic is flatter than its penalty asks for, and guides the generator weakly",
    tryNext: ["a smaller weight of the penalty", "more critic moves per generator move"],
  },
  above: {
    text: "the critic is steeper than its penalty asks for",
    tryNext: ["a larger weight of the penalty", "a smaller learning rate of the critic"],
  },
};
