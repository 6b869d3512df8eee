import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { inOrder, Room } from "./lanes.ts";

test("results come in order, and no more than asked for are ahead", async () => {
  let [running, most] = [0, 0];
  const work = async (n: number) => {
    most = Math.max(most, ++running);
    await delay(n % 3 === 0 ? 4 : 1);
    running -= 1;
    return 10 * n;
  };
  const got: number[] = [];
  for await (const result of inOrder([0, 1, 2, 3, 4, 5, 6], 3, work)) got.push(result);
  expect(got).toEqual([0, 10, 20, 30, 40, 50, 60]);
  expect(most).toBe(3);
});

test("a failure comes in its turn", async () => {
  const work = async (n: number) => {
    if (n === 2) throw new Error("two");
    return n;
  };
  const got: number[] = [];
  const all = async () => {
    for await (const n of inOrder([0, 1, 2, 3], 4, work)) got.push(n);
  };
  await expect(all()).rejects.toThrow("two");
  expect(got).toEqual([0, 1]);
});

test("room is never overdrawn; what is too large for it runs alone", async () => {
  const room = new Room(10);
  let used = 0;
  const seen: number[] = [];
  const take = (bytes: number) =>
    room.with(bytes, async () => {
      used += Math.min(bytes, 10);
      seen.push(used);
      await delay(1);
      used -= Math.min(bytes, 10);
    });
  await Promise.all([4, 5, 6, 30, 1, 9, 10].map(take));
  expect(seen).toHaveLength(7);
  expect(Math.max(...seen)).toBeLessThanOrEqual(10);
  await expect(
    room.with(10, async () => {
      throw new Error("given back");
    }),
  ).rejects.toThrow("given back");
  await take(10);
});
