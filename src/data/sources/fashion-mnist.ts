import { familyOptions, fashionFamily, fetchFamily } from "../mnist.ts";
import { defineSource } from "../source.ts";

export const fashionMnist = defineSource({
  id: "fashion-mnist",
  description: "60,000 + 10,000 garments of ten kinds, 28x28 grey; downloaded once",
  options: familyOptions(
    "folder of the four files; else the variable GANYMEDE_FASHION_MNIST, else downloaded",
  ),
  open: (options, opening) => fetchFamily(fashionFamily, options, opening),
});
