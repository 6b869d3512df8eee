import { familyOptions, fashionFamily, openFamily } from "../mnist.ts";
import { defineSource } from "../source.ts";

export const fashionMnist = defineSource({
  id: "fashion-mnist",
  description: "60,000 + 10,000 garments of ten kinds, 28x28 grey; you supply the files",
  options: familyOptions(
    "folder of the four IDX files; default: the variable GANYMEDE_FASHION_MNIST",
  ),
  open: (options) => openFamily(fashionFamily, options),
});
