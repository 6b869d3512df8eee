import { isBias, type Surroundings } from "./fuse.ts";
import type { NodeProto } from "./proto.ts";

/** A convolution whose result nobody has read yet but the next node. */
interface Chain {
  /** Where its nodes stand. */
  readonly at: readonly number[];
  /** What makes the bias. */
  readonly before: readonly NodeProto[];
  readonly conv: NodeProto;
  /** From the blocked layout back to [n,k,…]. */
  readonly reorder?: NodeProto;
}

/**
 * Puts what follows a convolution into its kernel, for native CPU kernels: a bias [1,k,1,…], then Relu
 * or LeakyRelu. Two passes over the map less. Only where nobody else reads what lies between; gradients
 * of these activations read the result. The runtime's own fusions want constant biases.
 */
export function fuseConvolutions(nodes: readonly NodeProto[], around: Surroundings): NodeProto[] {
  const slots = nodes.map((n) => [n]);
  const chains = new Map<string, Chain>();
  const open = (name: string) => (around.uses.get(name) === 1 ? chains.get(name) : undefined);
  nodes.forEach((node, i) => {
    const result = node.outputs[0]!;
    const fresh = started(node, i, open);
    if (fresh) {
      chains.set(result, fresh);
      return;
    }
    const found = continued(node, i, open, around);
    if (!found) return;
    for (const j of found.from.at) slots[j] = [];
    const { before, conv, reorder } = found.whole;
    slots[i] = [...before, conv, ...(reorder ? [reorder] : [])];
    chains.set(result, found.whole);
  });
  return slots.flat();
}

/** A convolution without bias, or one that has just left the blocked layout. */
function started(
  node: NodeProto,
  i: number,
  open: (name: string) => Chain | undefined,
): Chain | undefined {
  if (node.opType === "Conv" && node.inputs.length === 2) {
    return { at: [i], before: [], conv: node };
  }
  const inner = node.opType === "ReorderOutput" ? open(node.inputs[0]!) : undefined;
  return inner && !inner.reorder ? { ...inner, at: [...inner.at, i], reorder: node } : undefined;
}

/** The convolution that `node` ends, and the same with the node in it, standing where that stood. */
function continued(
  node: NodeProto,
  i: number,
  open: (name: string) => Chain | undefined,
  around: Surroundings,
): { from: Chain; whole: Chain } | undefined {
  if (node.opType === "Add") {
    for (const [x, bias] of [node.inputs, [...node.inputs].reverse()]) {
      const chain = open(x!);
      if (!chain || chain.conv.inputs.length > 2 || isActive(chain)) continue;
      if (!isBias(bias!, x!, around)) continue;
      const k = around.shapes.get(x!)![1]!;
      const row = `${x}.bias`;
      const flat = { ...node, opType: "Reshape", inputs: [bias!, around.ints([k])] };
      const conv = { ...chain.conv, inputs: [...chain.conv.inputs, row] };
      const whole = { ...chain, before: [{ ...flat, outputs: [row] }], conv };
      return { from: chain, whole: ending(whole, node, i) };
    }
  }
  const parameters = activations[node.opType]?.(node);
  const chain = parameters && open(node.inputs[0]!);
  if (!chain || isActive(chain)) return undefined;
  const attributes = { ...chain.conv.attributes, activation: node.opType, ...parameters };
  const blocked = chain.conv.domain !== "";
  const fused = blocked ? {} : { opType: "FusedConv", domain: "com.microsoft" };
  const whole = { ...chain, conv: { ...chain.conv, ...fused, attributes } };
  return { from: chain, whole: ending(whole, node, i) };
}

const isActive = ({ conv }: Chain): boolean => conv.attributes.activation !== undefined;

const activations: Record<string, (n: NodeProto) => NodeProto["attributes"]> = {
  Relu: () => ({}),
  LeakyRelu: ({ attributes: { alpha } }) => ({
    activation_params: { floats: [(alpha as { float: number }).float] },
  }),
};

function ending(chain: Chain, { outputs }: NodeProto, i: number): Chain {
  const { conv, reorder } = chain;
  if (reorder) return { ...chain, at: [i], reorder: { ...reorder, outputs } };
  return { ...chain, at: [i], conv: { ...conv, outputs } };
}
