import { expect, test } from "vitest";
import { parseOptions } from "../core/options.ts";
import { semiSupervised } from "../data/sources/semi-supervised.ts";
import { nodeCpu } from "../engine/run/node-cpu.ts";
import { Trainer } from "../train/trainer.ts";
import { s3gan } from "./s3gan.ts";

const source = await semiSupervised.open({ split: "test", side: 16, labels: 20, unlabelled: 50 });

/** Variables after two steps of the tiny game. */
async function played(asked: object) {
  const provider = await nodeCpu({ threads: 1 });
  const options = parseOptions("s3gan", s3gan.options, { ...s3gan.tiny, ...asked });
  const game = s3gan.build(options, source);
  const trainer = new Trainer({ game, source, provider, seed: 1, chunk: 1 });
  const [row] = await trainer.advance(1);
  await trainer.advance(2);
  const { values } = await trainer.snapshot();
  const moved = trainer.variables
    .all()
    .map(({ name }) => name)
    .filter((name) =>
      values.get(name)!.data.some((v, i) => v !== trainer.variables.initialValue(name, 1)[i]),
    );
  await trainer.dispose();
  return { moved, readings: Object.keys(row!.values) };
}

const owners = (names: readonly string[]) => new Set(names.map((name) => name.split(".")[0]));

test("S3GAN's classifiers stand on the discriminator's trunk, and turns are a term of both sides", async () => {
  const { moved, readings } = await played({});
  for (const name of ["g", "trunk", "d", "fit", "classifier", "turns", "guess"]) {
    expect(owners(moved)).toContain(name);
  }
  expect(owners(moved)).not.toContain("sight");
  expect(readings).toContain("g.view-classifier");
});

test("S2GAN's stand on a trunk of their own, and the generator hears of no turns", async () => {
  const { moved, readings } = await played({ classifier: "own" });
  expect(owners(moved)).toContain("sight");
  expect(moved.some((name) => /^sight\.maps\.down0\.weight$/.test(name))).toBe(true);
  expect(readings).not.toContain("g.view-classifier");
});

test("data of which nothing is labelled, or all, are refused", () => {
  const options = parseOptions("s3gan", s3gan.options, s3gan.tiny);
  const { image, label } = source.fields;
  const fields = { image: image!, label: label! };
  expect(() => s3gan.build(options, { ...source, fields })).toThrow(/DATA_FIELD|labelledImage/);
});
