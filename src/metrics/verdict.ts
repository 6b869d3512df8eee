import type { Score } from "./metric.ts";

/** What scores come to, in words that need no statistics. */
export interface Verdict {
  readonly quality: "collapsed" | "poor" | "fair" | "good" | "unknown";
  /** One line. */
  readonly text: string;
  /** What to try, the likeliest first. */
  readonly tryNext: readonly string[];
}

/** Scores by metric id. */
export type Scores = Readonly<Record<string, Score>>;

/** What there is to say about some scores, and what to try. */
interface Finding {
  readonly quality: "collapsed" | "poor" | "fair";
  readonly text: string;
  readonly tryNext: readonly string[];
}

type Rule = (scores: Scores, classes: number | undefined) => Finding | undefined;

const moreVariety = [
  "a gradient penalty (wgan-gp, r3gan) or minibatch discrimination",
  "a larger batch, or a smaller learning rate of the generator",
];

/** A recall below this means that most of the data's variety is not there at all. */
const collapsedBelow = 0.1;

const rules: readonly Rule[] = [
  ({ "improved-recall": recall }) =>
    recall && recall.value < collapsedBelow
      ? {
          quality: "collapsed",
          text: `recall ${recall.value.toFixed(2)}: most of the data's variety is missing`,
          tryNext: moreVariety,
        }
      : undefined,
  ({ "mode-coverage": modes }) => missingModes(modes),
  ({ "inception-score": score }, classes) => missingClasses(score, classes),
  ({ "improved-precision": precision }) =>
    precision && precision.value < 0.4
      ? {
          quality: "poor",
          text: `precision ${precision.value.toFixed(2)}: most samples look like no item of the data`,
          tryNext: ["more steps", "a wider generator", "a smaller learning rate at the end"],
        }
      : undefined,
  ({ "nearest-neighbours": near }) => copies(near),
  ({ "improved-recall": recall }) =>
    recall && recall.value < 0.4
      ? {
          quality: "fair",
          text: `recall ${recall.value.toFixed(2)}: part of the data's variety is missing`,
          tryNext: moreVariety,
        }
      : undefined,
];

/** A share of samples within 3σ of a mode from which nothing is to be said. */
const mostOnModes = 0.8;

function missingModes(score: Score | undefined): Finding | undefined {
  if (!score) return undefined;
  const on = score.parts?.highQuality ?? 1;
  if (score.value >= 1) {
    if (on >= mostOnModes) return undefined;
    const text = `all modes are there, but only ${Math.round(100 * on)} % of samples lie on one`;
    return { quality: "fair", text, tryNext: ["more steps", "a smaller learning rate at the end"] };
  }
  const share = `${Math.round(100 * (1 - score.value))} % of the modes are missing`;
  const quality = score.value < 0.5 ? "collapsed" : "poor";
  return { quality, text: share, tryNext: moreVariety };
}

/** By the entropy of the classes that samples fall into: e^H of them are in use. */
function missingClasses(score: Score | undefined, classes: number | undefined) {
  const entropy = score?.parts?.marginalEntropy;
  if (entropy === undefined || classes === undefined) return undefined;
  const used = Math.exp(entropy);
  if (used >= 0.85 * classes) return undefined;
  const text = `samples spread over ${used.toFixed(1)} of ${classes} classes`;
  const quality: Finding["quality"] = used < 0.4 * classes ? "collapsed" : "poor";
  return { quality, text, tryNext: moreVariety };
}

/** More than a few per cent nearer to training items than those are to each other: learnt by heart. */
function copies(score: Score | undefined): Finding | undefined {
  const share = score?.parts?.copies;
  if (share === undefined || share < 0.05) return undefined;
  return {
    quality: "poor",
    text: `${Math.round(100 * share)} % of samples are suspiciously near to a training item`,
    tryNext: ["more data or augmentation", "fewer steps", "a smaller discriminator"],
  };
}

/** What a metric's refusal says of the generator. */
const refused: Readonly<Record<string, Finding>> = {
  METRIC_DEGENERATE: {
    quality: "collapsed",
    text: "every sample is the same",
    tryNext: moreVariety,
  },
  EXTRACTOR_INPUT: {
    quality: "collapsed",
    text: "samples are not finite numbers: the training diverged",
    tryNext: ["a smaller learning rate", "a gradient penalty"],
  },
};

const order = ["collapsed", "poor", "fair"] as const;

/**
 * The worst finding first; "good" where recall and precision were measured and nothing was found.
 *
 * @param classes of the data, where they are known
 * @param refusals codes of the metrics that could say nothing
 */
export function verdictOf(
  scores: Scores,
  classes?: number,
  refusals: readonly string[] = [],
): Verdict {
  const found = rules.map((rule) => rule(scores, classes));
  const findings = [...found, ...refusals.map((code) => refused[code]).slice(0, 1)]
    .filter((f) => f !== undefined)
    .sort((a, b) => order.indexOf(a.quality) - order.indexOf(b.quality));
  const worst = findings[0];
  if (worst) {
    const text = `${worst.quality}: ${findings.map((f) => f.text).join("; ")}`;
    return {
      quality: worst.quality,
      text,
      tryNext: [...new Set(findings.flatMap((f) => f.tryNext))],
    };
  }
  if ("mode-coverage" in scores) return nothingFound("all modes are there");
  if ("improved-recall" in scores && "improved-precision" in scores) {
    return nothingFound("samples look like the data and have its variety");
  }
  const text = "measured without recall or precision: collapse would not show";
  return { quality: "unknown", text, tryNext: ["ask for --metrics pr as well"] };
}

const nothingFound = (what: string): Verdict => ({
  quality: "good",
  text: `good: ${what}`,
  tryNext: [],
});
