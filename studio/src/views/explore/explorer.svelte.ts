import type { Described, Pin, Question } from "../../../../src/studio/routes/explore.ts";
import { runFolder } from "../../lib/about.svelte.ts";
import { get, post } from "../../lib/api.ts";
import { command } from "../../lib/commands.ts";
import { numberOf } from "../../lib/numbers.ts";
import { type Answered, getItems } from "../../lib/pictures.ts";
import { pinsText, pinText, readPin, readPins } from "../../lib/pins.ts";
import { place } from "../../lib/place.svelte.ts";
import { Resource } from "../../lib/resource.svelte.ts";

type Asking<Name extends keyof Question> = Omit<Question[Name], "truncation" | "checkpoint">;

/** What all tools of the view share, read from the address. */
export class Explorer {
  readonly run: string;
  readonly described = new Resource<Described>();

  constructor(run: string) {
    this.run = run;
    this.load();
  }

  load(): void {
    void this.described.load((signal) => get<Described>(this.path(""), signal));
  }

  /** A value of the address. */
  value(name: string): string | undefined {
    return place.current.query[name];
  }

  show(values: Readonly<Record<string, string | number | undefined>>): void {
    place.show(values);
  }

  get classes(): readonly string[] {
    return this.described.value?.classes ?? [];
  }

  get seed(): number {
    return Math.round(numberOf(this.value("seed"), 0));
  }

  get truncation(): number {
    return numberOf(this.value("truncation"), 1, { high: 4 });
  }

  /** A step; undefined for the newest. */
  get checkpoint(): number | undefined {
    const text = this.value("checkpoint");
    return text === undefined ? undefined : numberOf(text, 0);
  }

  /** The class that is asked for; undefined for all in turn. */
  get label(): number | undefined {
    const text = this.value("class");
    if (text === undefined || this.classes.length === 0) return undefined;
    return numberOf(text, 0, { high: this.classes.length - 1 });
  }

  get pins(): Pin[] {
    return readPins(this.value("pins"));
  }

  /** The sample that tools work on: the one picked last, or the first of the seed. */
  get chosen(): Pin {
    const own = this.classes.length > 0 ? { label: this.label ?? 0 } : {};
    return readPin(this.value("item") ?? "") ?? { item: `${this.seed}:0`, ...own };
  }

  choose(pin: Pin): void {
    this.show({ item: pinText(pin) });
  }

  isPinned(pin: Pin): boolean {
    return this.pins.some((other) => pinText(other) === pinText(pin));
  }

  pin(pin: Pin): void {
    if (!this.isPinned(pin)) this.show({ pins: pinsText([...this.pins, pin].slice(-32)) });
  }

  unpin(pin: Pin): void {
    this.show({ pins: pinsText(this.pins.filter((other) => pinText(other) !== pinText(pin))) });
  }

  /** What a sample is called. */
  nameOf({ item, label }: Pin): string {
    const [seed, index] = item.split(":");
    const name = item.startsWith("@")
      ? `Kept code ${item.slice(1)}`
      : `Item ${index}, seed ${seed}`;
    return label === undefined ? name : `${name}, class ${this.classes[label] ?? label}`;
  }

  /** Keeps a code with the run and pins it. */
  async keep(code: readonly number[], label?: number): Promise<void> {
    const question: Question["keep"] = { code: [...code], ...(label !== undefined && { label }) };
    const { item } = await post<{ item: string }>(this.path("/keep"), question);
    this.pin({ item, ...(label !== undefined && { label }) });
  }

  /** A question with the truncation and the checkpoint of the address, as text: equal ones are equal. */
  question<Name extends keyof Question>(_name: Name, asked: Asking<Name>): string {
    const { truncation, checkpoint } = this;
    return JSON.stringify({
      truncation,
      ...(checkpoint !== undefined && { checkpoint }),
      ...asked,
    });
  }

  items<A>(name: keyof Question, question: string, signal: AbortSignal): Promise<Answered<A>> {
    return getItems<A>(this.path(`/${name}`), { body: JSON.parse(question), signal });
  }

  answer<A>(name: keyof Question, question: string, signal: AbortSignal): Promise<A> {
    return post<A>(this.path(`/${name}`), JSON.parse(question), signal);
  }

  path(rest: string): string {
    return `explore/${encodeURIComponent(this.run)}${rest}`;
  }

  /** The run as commands name it. */
  get runFolder(): string {
    return runFolder(this.run);
  }

  /** A pin as commands name it. */
  reference({ item }: Pin): string {
    return item.startsWith("@") ? `@${this.runFolder}/codes/${item.slice(1)}.json` : item;
  }

  /** The command that does what a tool does, from the same checkpoint. */
  command(
    verb: string,
    words: readonly string[],
    flags: Readonly<Record<string, string | number | boolean | undefined>>,
  ): string {
    const { checkpoint, truncation } = this;
    const scaled = verb === "invert" || truncation === 1 ? undefined : truncation;
    return command([verb, this.runFolder, ...words], { ...flags, truncation: scaled, checkpoint });
  }
}
