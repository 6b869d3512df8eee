import { z } from "zod";
import { GanymedeError } from "../core/errors.ts";
import { filters } from "../core/resample.ts";

const size = z.int().min(1);
const text = z.string().min(1);
const perChannel = z.array(z.number()).min(1);

const input = z.strictObject({
  name: text,
  channels: size,
  height: size,
  width: size,
  /** Values of black and white; or `normalise` instead. */
  range: z
    .tuple([z.number(), z.number()])
    .refine(([low, high]) => low < high, "expected low < high")
    .readonly()
    .optional(),
  /** (v − mean)/std of each channel, v in [0, 1]. */
  normalise: z.strictObject({ mean: perChannel, std: perChannel }).optional(),
  /** How images of another size are brought to this one. */
  resize: z.enum(filters),
  /** Images of one run: the model's first axis. */
  batch: z.union([size, z.literal("any")]),
});

const outputs = z.strictObject({
  features: z.strictObject({
    name: text,
    width: size,
    /** Of an output [n, tokens, width]: its first token, or the mean of all. */
    take: z.enum(["first", "mean"]).optional(),
  }),
  logits: text.optional(),
  probabilities: text.optional(),
});

const manifest = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9-]+$/, "expected lower-case letters, digits and hyphens"),
    /** One line: what the features are. */
    about: text,
    licence: text,
    /** The model, beside the record or in the cache. */
    file: z.string().regex(/^[\w.-]+$/, "expected a file name without folders"),
    url: z.url({ protocol: /^https?$/ }).optional(),
    /** Of the model's bytes. Absent: nobody has told us, so the user's first download pins it. */
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits")
      .optional(),
    bytes: size.optional(),
    input,
    outputs,
    /** Names of the classes that probabilities are of. */
    classes: z.array(text).min(2).optional(),
    /** How it was made: accuracy, seed, steps, command. For readers; nothing depends on it. */
    training: z.record(z.string(), z.unknown()).optional(),
  })
  .superRefine(({ input: { range, normalise, channels }, outputs: named, classes }, context) => {
    const say = (message: string, ...path: string[]) =>
      context.addIssue({ code: "custom", message, path });
    if ((range === undefined) === (normalise === undefined)) {
      say("expected either range or normalise", "input");
    }
    for (const key of ["mean", "std"] as const) {
      const values = normalise?.[key];
      if (values && values.length !== channels) {
        say(`expected ${channels} numbers`, "input", "normalise", key);
      }
    }
    if (normalise?.std.some((s) => s <= 0))
      say("expected numbers > 0", "input", "normalise", "std");
    if (named.probabilities && !classes) say("expected the names of the classes", "classes");
  });

/** What an extractor's record says of its model: the JSON beside it. */
export type ExtractorManifest = z.output<typeof manifest>;

/**
 * Checks a record.
 *
 * @param where the file that it came from
 * @throws GanymedeError EXTRACTOR_FORMAT naming the member that is wrong
 */
export function parseManifest(where: string, raw: unknown): ExtractorManifest {
  const result = manifest.safeParse(raw);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new GanymedeError("EXTRACTOR_FORMAT", {
    where,
    expected: "an extractor's record",
    got: path.length > 0 ? `at ${path.join(".")}: ${message}` : message,
    fix: "correct it: docs/extractors.md lists its members",
  });
}
