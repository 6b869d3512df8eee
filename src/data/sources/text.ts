import { z } from "zod";
import { defineSource } from "../source.ts";
import { openText } from "../text-source.ts";

export const text = defineSource({
  id: "text",
  description: "plain text as sequences of whole numbers, of characters or words",
  options: {
    path: z.string().describe("the file, UTF-8"),
    by: z.enum(["characters", "words"]).default("characters").describe("what a number stands for"),
    items: z
      .enum(["windows", "lines"])
      .default("windows")
      .describe("pieces of the whole, or a line each, cut or padded"),
    length: z.int().min(1).max(65_536).default(32).describe("symbols of an item"),
    step: z
      .int()
      .min(1)
      .optional()
      .describe("symbols from one window to the next; length if absent"),
    vocabulary: z
      .int()
      .min(3)
      .max(65_535)
      .default(5000)
      .describe("symbols at most; the rest <unk>"),
  },
  claim: ({ path, isFolder }) =>
    !isFolder && /\.(txt|text|md)$/i.test(path) ? { path } : undefined,
  open: openText,
});
