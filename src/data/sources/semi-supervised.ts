import { openSemiSupervised, semiSupervisedOptions } from "../semi-supervised.ts";
import { defineSource } from "../source.ts";

export const semiSupervised = defineSource({
  id: "semi-supervised",
  description: "a few labelled images, by class, beside many unlabelled: MNIST or Fashion-MNIST",
  options: semiSupervisedOptions,
  open: openSemiSupervised,
});
