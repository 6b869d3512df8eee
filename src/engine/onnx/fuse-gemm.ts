import { isBias, type Surroundings } from "./fuse.ts";
import type { NodeProto } from "./proto.ts";

/**
 * Puts a row that is added to a product of matrices, a dense layer's bias, into the product: one pass
 * over the result less, a tenth of a layer of 128 units. Only where nobody else reads the product. A
 * whole matrix stays a sum: native kernels copy it first, which takes as long.
 */
export function fuseProducts(nodes: readonly NodeProto[], around: Surroundings): NodeProto[] {
  const products = new Map<string, number>();
  const slots = nodes.map((n) => [n]);
  nodes.forEach((node, i) => {
    const { opType, inputs, outputs } = node;
    if (opType === "Gemm" && inputs.length === 2) products.set(outputs[0]!, i);
    if (opType !== "Add") return;
    const x = inputs.find((name) => products.has(name) && around.uses.get(name) === 1);
    const row = inputs.find((name) => name !== x);
    if (x === undefined || row === undefined || !isRow(row, x, around)) return;
    const at = products.get(x)!;
    const gemm = nodes[at]!;
    slots[at] = [];
    slots[i] = [{ ...gemm, inputs: [...gemm.inputs, row], outputs }];
  });
  return slots.flat();
}

/** x [m,n], row [1,n] or [n]. */
function isRow(row: string, x: string, around: Surroundings): boolean {
  const [matrix, vector] = [around.shapes.get(x), around.shapes.get(row)];
  return isBias(row, x, around) || (vector?.length === 1 && vector[0] === matrix?.[1]);
}
