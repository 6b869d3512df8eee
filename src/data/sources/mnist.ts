import { familyOptions, mnistFamily, openFamily } from "../mnist.ts";
import { defineSource } from "../source.ts";

export const mnist = defineSource({
  id: "mnist",
  description: "60,000 + 10,000 handwritten digits, 28x28 grey; comes with Ganymede",
  options: familyOptions("folder of the four IDX files, instead of our own"),
  open: (options) => openFamily(mnistFamily, options),
});
