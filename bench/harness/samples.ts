/** What one process measured: figures by name. */
export type Sample = Readonly<Record<string, number>>;

export interface Figure {
  readonly value: number;
  /** Median absolute deviation. */
  readonly spread: number;
}

/** All samples of one bench, by variant and in the order of the rounds. */
export class Samples {
  readonly #byVariant: ReadonlyMap<string, readonly Sample[]>;

  constructor(byVariant: ReadonlyMap<string, readonly Sample[]>) {
    this.#byVariant = byVariant;
  }

  /** The median over the processes. */
  figure(variant: string, name = 'value'): Figure {
    return figureOf(this.values(variant, name));
  }

  /** The median of the differences within each round: what disturbs a whole round cancels out. */
  difference(variant: string, base: string, name = 'value'): Figure {
    return this.#paired(variant, base, name, (value, other) => value - other);
  }

  /** The median of the ratios within each round. */
  ratio(variant: string, base: string, name = 'value'): Figure {
    return this.#paired(variant, base, name, (value, other) => value / other);
  }

  values(variant: string, name = 'value'): number[] {
    return (this.#byVariant.get(variant) ?? []).map((sample) => {
      const value = sample[name];
      if (value === undefined) {
        throw new Error(`${variant} has measured no ${name}`);
      }
      return value;
    });
  }

  toJSON(): Record<string, readonly Sample[]> {
    return Object.fromEntries(this.#byVariant);
  }

  #paired(
    variant: string,
    base: string,
    name: string,
    combine: (value: number, other: number) => number,
  ): Figure {
    const others = this.values(base, name);
    return figureOf(
      this.values(variant, name).map((value, round) => combine(value, others[round] ?? Number.NaN)),
    );
  }
}

export function figureOf(values: readonly number[]): Figure {
  const value = median(values);
  return { value, spread: median(values.map((each) => Math.abs(each - value))) };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
