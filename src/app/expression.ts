import { GanymedeError } from "../core/errors.ts";
import { type CodeReference, parseReference } from "./codes.ts";

/** A group of items, added or taken away as often as its weight says. */
export interface ExpressionTerm {
  /** Below 0 for a group that is taken away. */
  readonly weight: number;
  /** Items whose codes are averaged, one or more. */
  readonly group: readonly CodeReference[];
}

/** Terms to be summed, one or more. */
export type Expression = readonly ExpressionTerm[];

interface Token {
  readonly kind: "+" | "-" | "*" | "[" | "]" | "," | "word" | "end";
  readonly text: string;
  /** Of its first character, from 0. */
  readonly at: number;
}

/**
 * Reads arithmetic on codes:
 *
 * ```
 * expression = [ "-" ] term { ( "+" | "-" ) term }
 * term       = [ number "*" ] group
 * group      = item | "[" item { "," item } "]"
 * item       = 12 | 5:12 | @file | @file:3 | @"a file"
 * ```
 *
 * as in `[1,2,3] - [4,5] + [6,7]`. Items are those of `parseReference`.
 *
 * @throws GanymedeError EXPRESSION that names the character where the text goes wrong
 */
export function parseExpression(text: string): Expression {
  const tokens = tokensOf(text);
  let next = 0;
  const take = (): Token => tokens[next++]!;
  const see = () => tokens[next]!.kind;
  const item = (): CodeReference => {
    const token = take();
    if (token.kind !== "word") throw wrong(text, token, "an item, as 12, 5:12 or @file");
    return referenceOf(text, token);
  };
  const group = (): CodeReference[] => {
    if (see() !== "[") return [item()];
    take();
    const items = [item()];
    while (see() === ",") {
      take();
      items.push(item());
    }
    const end = take();
    if (end.kind !== "]") throw wrong(text, end, "a comma or a closing bracket");
    return items;
  };
  const term = (sign: number): ExpressionTerm => {
    if (tokens[next + 1]?.kind !== "*") return { weight: sign, group: group() };
    const token = take();
    take();
    const factor = token.kind === "word" ? Number(token.text) : Number.NaN;
    if (!Number.isFinite(factor)) throw wrong(text, token, "a number before *");
    return { weight: sign * factor, group: group() };
  };
  const leading = see() === "-";
  if (leading) take();
  const terms = [term(leading ? -1 : 1)];
  for (;;) {
    const token = take();
    if (token.kind === "end") return terms;
    if (token.kind !== "+" && token.kind !== "-") throw wrong(text, token, "+, - or the end");
    terms.push(term(token.kind === "+" ? 1 : -1));
  }
}

/** Signs and brackets, and words: whatever else stands between spaces and signs. */
function tokensOf(text: string): Token[] {
  const pattern =
    /\s+|(?<sign>[-+*[\],])|(?<word>@"[^"]*"(?::\d+)?|@[^\s,[\]]+|[^\s+*[\],@"-]+)|(?<odd>.)/gsu;
  const tokens: Token[] = [];
  for (const { groups, index: at } of text.matchAll(pattern)) {
    const { sign, word, odd } = groups!;
    if (sign !== undefined) tokens.push({ kind: sign as "+", text: sign, at });
    else if (word !== undefined) tokens.push({ kind: "word", text: word, at });
    else if (odd !== undefined) {
      throw wrong(text, { kind: "word", text: odd, at }, "an item, a sign or a bracket");
    }
  }
  return [...tokens, { kind: "end", text: "", at: text.length }];
}

function referenceOf(text: string, token: Token): CodeReference {
  try {
    return parseReference(token.text.replace(/^@"([^"]*)"/, "@$1"));
  } catch (error) {
    if (!(error instanceof GanymedeError)) throw error;
    throw wrong(text, token, error.fault.expected);
  }
}

const wrong = (text: string, { kind, text: got, at }: Token, expected: string) =>
  new GanymedeError("EXPRESSION", {
    where: `character ${at + 1} of "${text}"`,
    expected,
    got: kind === "end" ? "the end" : `"${got}"`,
    fix: 'write groups of items between signs, as "[1,2,3] - [4,5] + [6,7]"',
  });
