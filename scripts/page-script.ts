/**
 * The script of the exported page: `src/page/main.ts` and all that it imports, as one piece of plain
 * JavaScript in one scope. Exporting then needs neither a compiler nor a bundler.
 */
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";

/** Modules in the order in which they must run, each as statements without imports and exports. */
function collect(root: string, file: string, seen: Map<string, string>): void {
  if (seen.has(file)) return;
  seen.set(file, "");
  const { outputText } = ts.transpileModule(readFileSync(file, "utf8"), {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
      removeComments: true,
    },
  });
  const source = ts.createSourceFile(file, outputText, ts.ScriptTarget.ES2022, true);
  const kept: string[] = [];
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) {
      const target = (statement.moduleSpecifier as ts.StringLiteral).text;
      if (!target.startsWith(".")) throw new Error(`${file} imports ${target}: the page cannot`);
      collect(root, join(dirname(file), target), seen);
      continue;
    }
    if (ts.isExportDeclaration(statement) && !statement.moduleSpecifier) continue;
    kept.push(statement.getText(source).replace(/^export (?=const|function|class|async)/, ""));
  }
  seen.delete(file);
  seen.set(file, kept.join("\n"));
}

/** Throws where two modules have a name in common: they share one scope. */
function requireDistinct(modules: ReadonlyMap<string, string>): void {
  const owners = new Map<string, string>();
  for (const [file, text] of modules) {
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022);
    for (const statement of source.statements) {
      const names = ts.isVariableStatement(statement)
        ? statement.declarationList.declarations.map((d) => d.name)
        : [(statement as ts.FunctionDeclaration).name];
      for (const name of names.flatMap((n) => (n && ts.isIdentifier(n) ? n.text : []))) {
        const other = owners.get(name);
        if (other) throw new Error(`${name} is in ${other} and in ${file}: rename one`);
        owners.set(name, file);
      }
    }
  }
}

/** `src/page/main.ts` of the project at `root`, whole. */
export function pageScript(root: string): string {
  const modules = new Map<string, string>();
  collect(root, join(root, "src/page/main.ts"), modules);
  requireDistinct(modules);
  return [...modules].map(([file, text]) => `// ${relative(root, file)}\n${text}\n`).join("");
}
