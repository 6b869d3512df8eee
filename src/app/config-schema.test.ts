import { expect, test } from "vitest";
import { loadSystem, systemIds } from "./config.ts";
import { configJsonSchema } from "./config-schema.ts";

type Node = { [name: string]: Node } & { const?: string; properties?: Record<string, Node> };

test("every option of every system is in the schema, with type, default and description", async () => {
  const schema = (await configJsonSchema()) as unknown as Node & { allOf: Node[] };
  expect(schema.properties!.system!.enum).toEqual(systemIds());
  expect(Object.keys(schema.properties!)).toEqual(
    expect.arrayContaining(["steps", "seed", "measure", "best", "checkpoints", "data", "preset"]),
  );
  for (const id of systemIds()) {
    const { options } = await loadSystem(id);
    const rule = schema.allOf.find((r) => r.if?.properties?.system?.const === id)!;
    const taken = rule.then!.properties!.options!;
    expect(taken.additionalProperties).toBe(false);
    expect(Object.keys(taken.properties!)).toEqual(Object.keys(options));
    expect(taken.required ?? []).toEqual([]);
    for (const option of Object.values(taken.properties!)) {
      expect(option).toMatchObject({ description: expect.any(String) });
    }
  }
});

test("of one system its options hold without a condition; data options do by their source", async () => {
  const schema = (await configJsonSchema("dcgan")) as unknown as Node & { allOf: Node[] };
  expect(schema.allOf[0]).toMatchObject({
    properties: {
      options: { properties: { width: { type: "integer", minimum: 1, default: 64 } } },
      preset: { enum: ["first-light", "digits"] },
    },
  });
  const mnist = schema.allOf.find(
    (r) => r.if?.properties?.data?.properties?.source?.const === "mnist",
  )!;
  expect(mnist.then!.properties!.data!.properties!.options!.properties).toMatchObject({
    side: { enum: [16, 28, 32] },
  });
  await expect(configJsonSchema("dcgna")).rejects.toThrow(/did you mean dcgan/);
});
