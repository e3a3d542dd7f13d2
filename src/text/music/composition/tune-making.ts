import { CopyGuard, type CopyLimit } from '../copies/copy-guard.js';
import type { BarFillings } from '../form/bar-fillings.js';
import { areSameChords } from '../form/chord-symbols.js';
import { ticksOf, type Melody, type MelodySection, type PlacedChord } from '../form/melody.js';
import {
  finalSymbol,
  formSymbols,
  SECTION_KINDS,
  styleOf,
  symbolsOfBar,
  type BarPlace,
  type Register,
  type SectionKind,
  type SymbolStyle,
} from '../form/tune-symbols.js';
import { barTicks } from '../notation/meter.js';
import { keyParts } from '../notation/signature.js';
import { choose, settled, type Ask } from './ask.js';
import { BarMaking, type GivenBar, type Made } from './bar-making.js';
import type { DrawnHeading } from './seen-headings.js';
import type { PlannedKey, SectionPlan, TunePlan } from './tune-plan.js';
import type { Heading } from './tune-writer.js';

/** A tune in the making asks for one symbol after the other, and is a melody in the end. */
export type TuneMaking = Generator<Ask, Melody, string>;

/** What a model has seen of tunes, as far as it decides what may come. */
export interface Known {
  readonly symbols: readonly string[];
  fillings(meter: string): BarFillings;
  /**
   * A form of the tunes of this type and meter.
   * @param opening bars that stand at the beginning of the first section
   * @returns undefined where the model decides
   */
  form(heading: Pick<Heading, 'type' | 'meter'>, opening: number): readonly SectionPlan[] | undefined;
  /**
   * A heading of the tunes, of those that are planned.
   * @returns undefined where the model decides
   */
  heading(plan: Pick<TunePlan, 'kinds' | 'keys'>): DrawnHeading | undefined;
  /** Undefined where copies may be of any length. */
  readonly copies?: CopyLimit | undefined;
}

/**
 * Makes a tune of a plan, symbol by symbol, in the order in which `melodySymbols` writes it. A length may come only
 * where the rest of its bar can then be filled with lengths that were seen to begin there, so that bars add up.
 */
export function* makeTune(plan: TunePlan, known: Known): TuneMaking {
  const { heading, planned } = yield* makeHeading(plan, known);
  const sections = yield* makeForm(plan, heading, known);
  const making = new BodyMaking(heading, planned.register, known, plan.progression);
  const made: MelodySection[] = [];
  for (const [i, section] of sections.entries()) {
    made.push(
      yield* making.section(
        i === 0 ? { ...section, ...plan.opening } : section,
        i,
        i === sections.length - 1,
      ),
    );
  }
  yield settled(formSymbols.end);
  return { ...heading, sections: made };
}

/** The symbol of a number among those that the model knows, the nearest to it. */
function nearest({ symbols }: Known, name: string, wanted: number): string {
  const numbers = symbols.flatMap((symbol) =>
    symbol.startsWith(`${name} `) ? [Number(symbol.slice(name.length))] : [],
  );
  const number = numbers.reduce(
    (a, b) => (Math.abs(b - wanted) < Math.abs(a - wanted) ? b : a),
    numbers[0] ?? wanted,
  );
  return `${name} ${number}`;
}

function* makeHeading(
  plan: TunePlan,
  known: Known,
): Generator<Ask, { heading: Heading; planned: PlannedKey }, string> {
  const drawn = known.heading(plan);
  if (drawn) {
    yield settled(formSymbols.type(drawn.kind.type));
    yield settled(formSymbols.meter(drawn.kind.meter));
    yield settled(tonicSymbol(drawn.planned));
    yield settled(modeSymbol(drawn.planned));
    return headed(plan, drawn);
  }
  const { kinds: headings, keys } = plan;
  const type = yield* choose((symbol) => headings.some((each) => formSymbols.type(each.type) === symbol));
  const ofType = headings.filter((each) => formSymbols.type(each.type) === type);
  const meter = yield* choose((symbol) => ofType.some((each) => formSymbols.meter(each.meter) === symbol));
  const kind = ofType.find((each) => formSymbols.meter(each.meter) === meter)!;
  const tonic = yield* choose((symbol) => keys.some((each) => tonicSymbol(each) === symbol));
  const ofTonic = keys.filter((each) => tonicSymbol(each) === tonic);
  const mode = yield* choose((symbol) => ofTonic.some((each) => modeSymbol(each) === symbol));
  const planned = ofTonic.find((each) => modeSymbol(each) === mode)!;
  return headed(plan, { kind, planned });
}

function headed(plan: TunePlan, { kind, planned }: DrawnHeading): { heading: Heading; planned: PlannedKey } {
  return { heading: { ...kind, type: plan.type ?? kind.type, key: planned.key }, planned };
}

function tonicSymbol({ seen }: PlannedKey): string {
  return formSymbols.tonic(seen.slice(0, seen.length - keyParts(seen).mode.length));
}

function modeSymbol({ seen }: PlannedKey): string {
  return formSymbols.mode(keyParts(seen).mode);
}

/** The sections: as asked for, in a form of the training's tunes, or as many as the model likes. */
function* makeForm(
  { sections, eachBars, opening }: TunePlan,
  heading: Heading,
  known: Known,
): Generator<Ask, readonly SectionPlan[], string> {
  const isOpen = sections === undefined && eachBars === undefined;
  const form = isOpen ? known.form(heading, opening?.notes?.length ?? 0) : sections;
  if (form) {
    yield settled(nearest(known, 'sections', form.length));
    return form;
  }
  const count = numberOf(yield* choose((symbol) => /^sections \d+$/.test(symbol)));
  return new Array<SectionPlan>(count).fill(eachBars === undefined ? {} : { bars: eachBars });
}

function numberOf(symbol: string): number {
  return Number(/\d+/.exec(symbol)![0]);
}

class BodyMaking {
  readonly #known: Known;
  readonly #fillings: BarFillings;
  readonly #whole: number;
  readonly #register: Register;
  readonly #style: SymbolStyle;
  readonly #bars: BarMaking;
  readonly #guard: CopyGuard | undefined;
  /** The bars so far but pickups, as they stand. */
  readonly #before: Made[] = [];
  /** Pickup and bars of each section, for those that take it up whole. */
  readonly #sections: { pickup: Made | undefined; row: readonly Made[] }[] = [];
  readonly #progression: TunePlan['progression'];
  /** The pickup of the first section, which the others share. */
  #pickup: number | undefined;

  constructor(heading: Heading, register: Register, known: Known, progression: TunePlan['progression']) {
    this.#progression = progression;
    this.#known = known;
    this.#register = register;
    this.#fillings = known.fillings(heading.meter);
    this.#whole = barTicks(heading.meter);
    this.#style = styleOf(known.symbols);
    this.#guard = known.copies && new CopyGuard(known.copies, { register, whole: this.#whole });
    this.#bars = new BarMaking(heading.meter, register, {
      ...{ fillings: this.#fillings, style: this.#style, guard: this.#guard },
    });
  }

  *section(plan: SectionPlan, index: number, isLast: boolean): Generator<Ask, MelodySection, string> {
    const model = plan.like === undefined ? undefined : this.#sections[plan.like];
    yield settled(formSymbols.section(index + 1, isLast));
    const kind = yield* this.#kind(plan);
    const count = yield* this.#count(model ? { ...plan, bars: model.row.length } : plan);
    const pickup = yield* this.#pickupOf(plan);
    const whole = this.#whole;
    let opening: Made | undefined;
    if (pickup > 0) {
      const like = model?.pickup;
      opening = yield* this.#bars.fill(
        ...([whole - pickup, whole] as const),
        {
          notes: plan.pickupNotes ?? like?.bar.notes,
          chords: this.#progression ? [] : like?.bar.chords,
          isGiven: plan.pickupNotes !== undefined || like?.isGiven === true,
        },
        { mayTie: false, final: undefined },
      );
    }
    const row: Made[] = [];
    for (let j = 0; j < count; j++) {
      const left = count - j;
      yield settled(
        formSymbols.place({ left, part: 'bars', isLast: isLast && left === 1 && kind !== 'endings' }),
      );
      const like = model?.row.at(j);
      const given = {
        notes: plan.notes?.[j] ?? like?.bar.notes,
        chords: this.#chordsOf(j) ?? like?.bar.chords,
        isGiven: plan.notes?.[j] !== undefined || like?.isGiven === true,
      };
      const length = left === 1 ? whole - pickup : whole;
      row.push(yield* this.#bar(length, given, { mayTie: j > 0 || pickup > 0, isFinal: left === 1 }));
    }
    this.#sections.push({ pickup: opening, row });
    const second = kind === 'endings' ? yield* this.#second(plan, { count, pickup, isLast }) : [];
    const split = row.length - (plan.first ?? second.length);
    const bars = row.map(({ bar }) => bar);
    return {
      bars: [...(opening ? [opening.bar] : []), ...bars.slice(0, split)],
      first: bars.slice(split),
      second: second.map(({ bar }) => bar),
      repeated: kind !== 'once',
    };
  }

  *#kind({ kind }: SectionPlan): Generator<Ask, SectionKind, string> {
    if (kind !== undefined) {
      yield settled(formSymbols.kind(kind));
      return kind;
    }
    return (yield* choose((symbol) => (SECTION_KINDS as readonly string[]).includes(symbol))) as SectionKind;
  }

  *#count({ bars, notes = [] }: SectionPlan): Generator<Ask, number, string> {
    if (bars !== undefined) {
      yield settled(nearest(this.#known, 'bars', bars));
      return bars;
    }
    return numberOf(
      yield* choose((symbol) => /^bars [1-9]\d*$/.test(symbol) && numberOf(symbol) > notes.length),
    );
  }

  *#pickupOf({ pickup }: SectionPlan): Generator<Ask, number, string> {
    const owed = pickup ?? this.#pickup;
    if (owed !== undefined) {
      yield settled(nearest(this.#known, 'pickup', owed));
      this.#pickup ??= owed;
      return owed;
    }
    const whole = this.#whole;
    const chosen = numberOf(
      yield* choose((symbol) => {
        if (!/^pickup \d+$/.test(symbol)) return false;
        const ticks = numberOf(symbol);
        if (ticks === 0) return true;
        return (
          2 * ticks <= whole &&
          this.#fillings.reaches(whole - ticks, whole) &&
          this.#fillings.reaches(0, whole - ticks)
        );
      }),
    );
    this.#pickup = chosen;
    return chosen;
  }

  /** The second ending: how long it is, and its bars. */
  *#second(
    plan: SectionPlan,
    { count, pickup, isLast }: { count: number; pickup: number; isLast: boolean },
  ): Generator<Ask, Made[], string> {
    const place = (left: number): BarPlace => ({ left, part: 'second', isLast: isLast && left === 1 });
    let length = plan.second;
    if (length === undefined) {
      const lengths = Array.from({ length: Math.max(1, count - 1) }, (_, i) => i + 1);
      const symbol = yield* choose((each) => lengths.some((left) => formSymbols.place(place(left)) === each));
      length = numberOf(symbol);
    } else yield settled(formSymbols.place(place(length)));
    const second: Made[] = [];
    for (let left = length; left >= 1; left--) {
      if (left < length) yield settled(formSymbols.place(place(left)));
      // It stands in the place of as many bars at the end of the first pass.
      const chords = this.#chordsOf(count - left);
      const notes = plan.secondNotes?.[length - left];
      const given = { notes, chords, isGiven: notes !== undefined };
      const goal = left === 1 ? this.#whole - pickup : this.#whole;
      second.push(yield* this.#bar(goal, given, { mayTie: left < length, isFinal: left === 1 }));
    }
    return second;
  }

  /** The chords that the progression has for a bar of a section, counted from 0 without the pickup. */
  #chordsOf(bar: number): PlacedChord[] | undefined {
    const progression = this.#progression;
    const chords = progression?.[bar % progression.length];
    return chords?.map((chord, i) => ({ ...chord, at: (i * this.#whole) / chords.length }));
  }

  /** A bar but a pickup: one that is taken up, one that is given, or one of its own. */
  *#bar(
    length: number,
    { notes: given, chords, isGiven }: GivenBar,
    { mayTie, isFinal }: { mayTie: boolean; isFinal: boolean },
  ): Generator<Ask, Made, string> {
    let made: Made;
    let final: string | undefined;
    if (isFinal && given) {
      final = finalSymbol(given.at(-1)!, this.#register);
      yield settled(final);
    } else if (isFinal) final = yield* choose((symbol) => /^final \d$/.test(symbol));
    const isShort = (given ? ticksOf(given) : length) < this.#whole;
    for (const symbol of symbolsOfBar({ before: this.#before.length, isShort }, this.#style)) {
      yield settled(symbol);
    }
    if (given) {
      const name = given.map((note) => this.#bars.symbolOf(note)).join(' ');
      const at = this.#before.findLastIndex(({ symbols }) => symbols.join(' ') === name);
      yield settled(formSymbols.same(at < 0 ? 0 : this.#before.length - at));
      made = yield* this.#bars.fill(0, length, { notes: given, chords, isGiven }, { mayTie, final });
    } else {
      const symbol: string = yield {
        allows: (each) => this.#mayTakeUp(each, length, { final, chords }),
        copies: (each) => this.#wouldCopy(numberOf(each)),
        isBody: true,
        isNote: false,
        // What is drawn before, the degree that a section ends on, stays: else those would be preferred that are easy.
        isBar: true,
      };
      const back = numberOf(symbol);
      const taken = back === 0 ? undefined : this.#before.at(-back)!;
      const like = {
        notes: taken?.bar.notes,
        chords: chords ?? taken?.bar.chords,
        isGiven: taken?.isGiven === true,
      };
      made = yield* this.#bars.fill(0, length, like, { mayTie, final });
    }
    this.#before.push(made);
    return made;
  }

  /** Whether the notes of a bar so many before would go on in a copy. */
  #wouldCopy(back: number): boolean {
    if (back === 0) return false;
    const { bar, isGiven } = this.#before.at(-back)!;
    return !isGiven && this.#guard?.allows(bar.notes) === false;
  }

  #mayTakeUp(
    symbol: string,
    length: number,
    { final, chords }: { final: string | undefined; chords: readonly PlacedChord[] | undefined },
  ): boolean {
    if (!/^same \d+$/.test(symbol)) return false;
    const back = numberOf(symbol);
    if (back === 0) return true;
    const bar = back <= this.#before.length ? this.#before.at(-back)!.bar : undefined;
    if (bar === undefined || bar.ticks !== length || bar.notes[0].tied) return false;
    if (chords && !areSameChords(chords, bar.chords ?? [])) return false;
    return final === undefined || finalSymbol(bar.notes.at(-1)!, this.#register) === final;
  }
}
