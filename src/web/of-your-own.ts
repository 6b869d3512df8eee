import type { Source } from "../data/source.ts";

/** What is said of data that a page brings and says nothing of. */
export const ofYourOwn: Source["about"] = {
  title: "data of a page",
  credit: "of your own",
  licence: "not stated",
};
