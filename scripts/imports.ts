import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";

/** What a module imports while it runs, at once or later; types are not imports. */
export function importsOf(source: ts.SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const target = targetOf(node);
    if (target !== undefined) found.push(target);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** What a module needs before it runs: its imports and those that it passes on, without later ones. */
export const neededBy = (source: ts.SourceFile): string[] =>
  source.statements.map(targetOf).filter((target) => target !== undefined);

function targetOf(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node)) {
    return isTypeOnly(node.importClause) ? undefined : textOf(node.moduleSpecifier);
  }
  if (ts.isExportDeclaration(node)) {
    const { isTypeOnly: all, exportClause: clause, moduleSpecifier } = node;
    const none = clause && ts.isNamedExports(clause) && clause.elements.every((e) => e.isTypeOnly);
    return all || none || !moduleSpecifier ? undefined : textOf(moduleSpecifier);
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return textOf(node.arguments[0]!);
  }
  // new URL("./worker.js", import.meta.url) leads to that module, named as it is when built.
  if (ts.isNewExpression(node) && node.expression.getText() === "URL") {
    const first = textOf(node.arguments![0]!);
    return first?.endsWith(".js") ? first.replace(/\.js$/, ".ts") : undefined;
  }
  return undefined;
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  if (clause.isTypeOnly) return true;
  const { name, namedBindings: bindings } = clause;
  return (
    !name &&
    !!bindings &&
    ts.isNamedImports(bindings) &&
    bindings.elements.every((element) => element.isTypeOnly)
  );
}

const textOf = (node: ts.Node): string | undefined =>
  ts.isStringLiteral(node) ? node.text : undefined;

/** Every module that `files` lead to: ours by path from `root`, others by name → who imports it first. */
export function reachedFrom(root: string, files: readonly string[]): Map<string, string> {
  const reached = new Map<string, string>();
  const walk = (file: string, from: string): void => {
    if (reached.has(file)) return;
    reached.set(file, from);
    // What a generator has yet to write imports nothing yet.
    if (!existsSync(join(root, file))) return;
    const text = readFileSync(join(root, file), "utf8");
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    for (const target of importsOf(source)) {
      if (target.startsWith(".")) walk(join(dirname(file), target), file);
      else if (!reached.has(target)) reached.set(target, file);
    }
  };
  for (const file of files) walk(file, "");
  return reached;
}
