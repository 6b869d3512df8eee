import type { ConditioningMaker } from "../condition.ts";
import { surprise } from "../surprise.ts";
import { classOrFake } from "./_class-or-fake.ts";

/**
 * K + 1: one classifier of the K classes and of "fake". The discriminator learns them, the generator
 * wants each fake taken for the class it was asked to be. AM-GAN with predefined labels: Zhou, Cai,
 * Rong, Song, Ren, Zhang, Wang, Yu 2018, arXiv:1703.02000, section 3.3.
 */
export const fakeClass: ConditioningMaker = (asked) =>
  classOrFake("fake-class", asked, {
    generator: ({ fake }, { label }) => surprise(fake, label),
    meaning: "surprise at what fakes were asked to be; 0 = all pass for data of their class",
  });
