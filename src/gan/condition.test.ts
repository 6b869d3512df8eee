import { expect, test } from "vitest";
import { tinyClasses, tinyDuel } from "../../test/duel.ts";
import { constant } from "../engine/ir/leaves.ts";
import { evaluate } from "../engine/reference/evaluate.ts";
import { labelField } from "./condition.ts";
import { concatenation } from "./conditioning/concatenation.ts";
import { multiDiscriminator } from "./conditioning/multi-discriminator.ts";
import { projection } from "./conditioning/projection.ts";

const classes = tinyClasses.length;

test("PD adds the product of features and the class's direction to the score", () => {
  const tiny = tinyDuel([2], 4, projection({ classes }));
  const { duel, trace, variables } = tiny;
  const { features, logits } = duel;
  const real = logits.real;
  const plain = tinyDuel([2], 4).duel.logits.real;
  const feeds = tiny.feeds(5);
  const [withClass, h, without] = evaluate([real, features.real, plain], feeds);
  const [table, label] = [feeds["fit.weight"]!, feeds["batch.label"]!];
  const width = h!.shape[1]!;
  for (let i = 0; i < 4; i++) {
    let fit = 0;
    for (let k = 0; k < width; k++) {
      fit += h!.data[i * width + k]! * table.data[label.data[i]! * width + k]!;
    }
    expect(withClass!.data[i]! - without!.data[i]!).toBeCloseTo(fit, 10);
  }
  expect(trace.read("fit.weight").shape).toEqual([classes, width]);
  expect(variables.of("fit")).toHaveLength(1);
});

test("MD scores by the output of the item's class alone", () => {
  const tiny = tinyDuel([2], 4, multiDiscriminator({ classes }));
  const { features, logits } = tiny.duel;
  const { real } = logits;
  const feeds = tiny.feeds(5);
  const [score, h] = evaluate([real, features.real], feeds);
  const { data: weight, shape } = feeds["d.weight"]!;
  const [bias, label] = [feeds["d.bias"]!.data, feeds["batch.label"]!.data];
  expect(shape).toEqual([classes, h!.shape[1]]);
  const width = shape[1]!;
  for (let i = 0; i < 4; i++) {
    let own = bias[label[i]!]!;
    for (let k = 0; k < width; k++) own += h!.data[i * width + k]! * weight[label[i]! * width + k]!;
    expect(score!.data[i]).toBeCloseTo(own, 10);
  }
  expect(tiny.variables.of("d").map((v) => v.name)).toEqual(["d.weight", "d.bias"]);
});

test("concatenation gives images a map of their class", () => {
  const { duel, variables } = tinyDuel([1, 4, 4], 4, concatenation({ classes }));
  expect(duel.logits.fake.shape).toEqual([4]);
  expect(variables.of("class")[0]!.shape).toEqual([classes, 16]);
});

test("data are judged as what they are taken for, fakes as what they were asked to be", () => {
  const by = projection({ classes });
  const taken = constant(Int32Array.of(2, 2, 1, 0), [4], "i32");
  const [guessed, known] = [tinyDuel([2], 4, by, () => taken), tinyDuel([2], 4, by)];
  const { real: taught, fake: judged } = guessed.duel.logits;
  const feeds = guessed.feeds(5);
  const [real, fake] = evaluate([taught, judged], feeds);
  const own = known.duel.logits;
  const label = { ...feeds["batch.label"]!, data: Float64Array.of(2, 2, 1, 0) };
  const [asked] = evaluate([own.real], { ...feeds, "batch.label": label });
  const [made] = evaluate([own.fake], feeds);
  expect(real!.data).toEqual(asked!.data);
  expect(fake!.data).toEqual(made!.data);
});

test("a game without classes has no labels to give, and says so", () => {
  expect(() => tinyDuel().duel.label).toThrow(/GAME/);
});

test("data without classes are refused by name", () => {
  const field = { shape: [], dtype: "i32", scale: 1, offset: 0 } as const;
  expect(() => labelField({ fields: { label: field } })).toThrow(/DATA_FIELD/);
  expect(() => labelField({ fields: {} })).toThrow(/DATA_FIELD/);
});
