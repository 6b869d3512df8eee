import { z } from "zod";
import { openCifar } from "../cifar.ts";
import { defineSource } from "../source.ts";

export const cifar10 = defineSource({
  id: "cifar10",
  description: "50,000 + 10,000 small photographs of ten kinds, 32x32 RGB; downloaded once",
  options: {
    split: z.enum(["train", "test"]).default("train").describe("which part of the data"),
    folder: z
      .string()
      .optional()
      .describe(
        "folder or file that has them; else the variable GANYMEDE_CIFAR10, else downloaded",
      ),
  },
  claim: ({ path, names }) =>
    names.some((name) => /(data|test)_batch\w*\.bin$|cifar-10-binary\.tar\.gz$/.test(name))
      ? { folder: path }
      : undefined,
  open: openCifar,
});
