import { expect, test } from "vitest";
import { disagreement } from "../../test/optimisers.ts";
import { type Sgd, sgd } from "./sgd.ts";

/** PyTorch's `SGD`, one element. */
const torch =
  ({ momentum = 0, nesterov = false, weightDecay = 0 }: Sgd, rate: (t: number) => number) =>
  () => {
    let b = 0;
    return (p: number, gradient: number, t: number) => {
      const g = gradient + weightDecay * p;
      b = t === 1 ? g : momentum * b + g;
      return p - rate(t) * (nesterov ? g + momentum * b : b);
    };
  };

test.each<[string, Sgd]>([
  ["plain", { rate: 0.1 }],
  ["momentum", { rate: 0.1, momentum: 0.9 }],
  ["nesterov with decay", { rate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.01 }],
])("%s is PyTorch's", (_, options) => {
  expect(
    disagreement(
      sgd(options),
      torch(options, () => 0.1),
    ),
  ).toBeLessThan(1e-12);
});

test("the rate follows its schedule, and no state is kept without momentum", () => {
  const rate = ({ step }: { step: number }) => 0.1 / (step + 1);
  expect(
    disagreement(
      sgd({ rate }),
      torch({ rate }, (t) => 0.1 / t),
    ),
  ).toBeLessThan(1e-12);
  expect(sgd({ rate }).slots([3])).toEqual({});
});
