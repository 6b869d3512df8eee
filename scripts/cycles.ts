/**
 * Modules that need each other before they run. Which of them runs first depends on who is asked
 * first, and under `import()` of several at once on the clock.
 *
 * @param needs module → modules that it imports; those without an entry are left alone
 * @returns the strongly connected components of more than one module (Tarjan 1972)
 */
export function cyclesOf(needs: ReadonlyMap<string, readonly string[]>): string[][] {
  const [order, lowest] = [new Map<string, number>(), new Map<string, number>()];
  const [stack, cycles]: [string[], string[][]] = [[], []];
  const lower = (module: string, to: number): void => {
    lowest.set(module, Math.min(lowest.get(module) ?? to, to));
  };
  const visit = (module: string): void => {
    const number = order.size;
    order.set(module, number);
    lower(module, number);
    stack.push(module);
    for (const other of needs.get(module)!.filter((name) => needs.has(name))) {
      if (!order.has(other)) visit(other);
      if (stack.includes(other)) lower(module, lowest.get(other)!);
    }
    if (lowest.get(module) !== number) return;
    const cycle = stack.splice(stack.indexOf(module));
    if (cycle.length > 1) cycles.push(cycle.sort());
  };
  for (const module of needs.keys()) if (!order.has(module)) visit(module);
  return cycles;
}
